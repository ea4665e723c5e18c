"""What the process says when it can't start."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    [
        ([], {"BROKER_LOG_LEVEL": "LOUD"}, "BROKER_LOG_LEVEL is 'LOUD'"),
        (["--log-level", "loud"], {}, "BROKER_LOG_LEVEL is 'LOUD'"),
        (["--walk", "maybe"], {}, "BROKER_WALK is 'maybe'"),
        ([], {"BROKER_WALK": ""}, "BROKER_WALK is ''"),
        (["--fix-port", "9" * 5000], {}, "BROKER_FIX_PORT"),
        (["--nope"], {}, "--nope"),
        (["--host", "a..b"], {}, "port 0 on a..b can't be used"),
        (["--config", "/nowhere/broker.yaml"], {}, "/nowhere/broker.yaml can't be read"),
    ],
)
def test_a_bad_option_is_one_line_and_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], environ: dict[str, str], words: str
) -> None:
    assert main(["--fix-port", "0", *arguments], environ) == 2
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("broker: ")
    assert words in line


def test_each_wrong_key_of_the_file_is_a_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "broker.yaml"
    file.write_text("hours: {timezone: Mars}\nclients: {A: {password: '${NOPE}', port: 1}}", encoding="utf-8")
    assert main([], {"BROKER_CONFIG": str(file), "NOPE": "x"}) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.removeprefix(f"broker: {file}: ").split()[0] for line in lines] == [
        "hours.timezone",
        "clients.A.port",
    ]
