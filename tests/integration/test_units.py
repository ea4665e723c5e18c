"""The systemd units, the nginx example and the shell scripts, judged by the programs that will read them."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.process import ROOT

UNITS = ("sendfix-engine.service", "sendfix-webapp.service")
# Where a program is not installed its test is left out with it, but never in CI.
IN_CI = "CI" in os.environ


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    output = done.stdout + done.stderr
    assert done.returncode == 0, f"{' '.join(command)}\n{output}"
    return output


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(ROOT / name)
    return parser


@pytest.mark.parametrize("name", UNITS)
def test_what_a_unit_starts_is_here(name: str) -> None:
    """The units start what `make run` starts, from the folder where docs/operations.md installs it."""
    service = unit(name)["Service"]
    python, *arguments = service["ExecStart"].split()
    assert python == "/opt/sendfix/.venv/bin/python"
    assert service["WorkingDirectory"] == "/opt/sendfix"
    assert service["User"] == "sendfix"
    files = [ROOT / word for word in arguments if word.endswith(".py")]
    assert files
    assert all(file.is_file() for file in files)
    for module in re.findall(r"-m (scripts\.\w+)", service.get("ExecStartPost", "")):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
    for folder in service["ReadWritePaths"].split():
        assert (ROOT / Path(folder).relative_to("/opt/sendfix")).is_dir()


def test_the_desk_survives_the_engine() -> None:
    section = unit("sendfix-webapp.service")["Unit"]
    assert "sendfix-engine.service" in section["Wants"]
    assert "sendfix-engine.service" in section["After"]
    assert not {"Requires", "BindsTo", "PartOf", "Requisite"} & set(section)


if IN_CI or shutil.which("systemd-analyze"):

    def copies(folder: Path) -> list[str]:
        """With a program that exists wherever /opt/sendfix does not."""
        paths = []
        for name in UNITS:
            text = (ROOT / name).read_text()
            if not Path("/opt/sendfix/.venv/bin/python").exists():
                text = re.sub(r"(?m)^(ExecStart\w*)=\S+", r"\1=/bin/true", text)
            (folder / name).write_text(text)
            paths.append(str(folder / name))
        return paths

    def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
        assert run("systemd-analyze", "verify", *copies(tmp_path)) == ""

    def test_the_units_are_hardened(tmp_path: Path) -> None:
        """systemd's own scale: 10 is fully exposed, below 2 is rare."""
        output = run(
            "systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", *copies(tmp_path)
        )
        exposures = re.findall(r"Overall exposure level for \S+: ([\d.]+)", output)
        assert len(exposures) == len(UNITS), output
        assert max(map(float, exposures)) < 2, output


if IN_CI or shutil.which("nginx"):

    def test_nginx_takes_the_example(tmp_path: Path) -> None:
        example = (ROOT / "deploy" / "nginx.conf.example").read_text()
        for name in ("fullchain.pem", "privkey.pem"):
            assert f"/etc/ssl/sendfix/{name};" in example
            example = example.replace(f"/etc/ssl/sendfix/{name}", str(tmp_path / name))
        run(
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=desk.example.com"),
            *(
                "-days",
                "1",
                "-keyout",
                str(tmp_path / "privkey.pem"),
                "-out",
                str(tmp_path / "fullchain.pem"),
            ),
        )
        # Ports below 1024 are root's, and so is the folder of the logs.
        example = example.replace("/var/log/nginx/", f"{tmp_path}/")
        example = example.replace("listen 80;", "listen 20080;").replace("listen 443 ", "listen 20443 ")
        (tmp_path / "sendfix.conf").write_text(example)
        whole = tmp_path / "nginx.conf"
        temporary = "".join(
            f"{kind}_temp_path {tmp_path}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole.write_text(
            f"pid {tmp_path}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
            f"http {{ access_log off;\n{temporary}include {tmp_path}/sendfix.conf; }}\n"
        )
        assert "$sendfix_request_id;" in example
        assert "location = /health/ready " in example
        output = run("nginx", "-t", "-p", str(tmp_path), "-c", str(whole))
        assert "[warn]" not in output


@pytest.mark.parametrize("script", ["start_production.sh", ".ci/run"])
def test_the_shell_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    run("bash", "-n", str(ROOT / script))


def test_start_production_says_what_is_missing(tmp_path: Path) -> None:
    shutil.copy(ROOT / "start_production.sh", tmp_path)
    done = subprocess.run(
        [tmp_path / "start_production.sh"], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 1
    assert done.stderr == "start_production: there is no .venv here; make it first: make setup\n"
