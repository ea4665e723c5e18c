"""The environment and `.env`."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.environment import EnvironmentProblem, merged, port_of, read_env_file

ROOT = Path(__file__).resolve().parents[3]


def test_names_values_quotes_and_comments(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text(
        "# a comment\n\n; another\nA=1\nexport B = two words \nC='quoted # not a comment'\nD=\"x=y\"\nE=\nF='\n"
    )
    assert read_env_file(env) == {
        "A": "1",
        "B": "two words",
        "C": "quoted # not a comment",
        "D": "x=y",
        "E": "",
        "F": "'",
    }


def test_no_file_is_no_variable(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ".env") == {}


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("A=1\nnonsense\n")
    with pytest.raises(EnvironmentProblem, match=r"\.env, line 2: expected NAME=value, found 'nonsense'"):
        read_env_file(env)


def test_the_shell_wins_over_the_file(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("A=file\nB=file\n")
    assert merged({"A": "shell"}, env) == {"A": "shell", "B": "file"}


@pytest.mark.parametrize(
    ("text", "port"), [("", 5001), ("  ", 5001), ("0", 0), ("65535", 65535), (" 80 ", 80)]
)
def test_ports(text: str, port: int) -> None:
    assert port_of({"P": text}, "P", 5001) == port


@pytest.mark.parametrize("text", ["x", "-1", "65536", "5001.0", "٣"])
def test_what_is_no_port_is_refused_by_its_variable(text: str) -> None:
    with pytest.raises(EnvironmentProblem, match=r"^P is .*; a port is a number from 0"):
        port_of({"P": text}, "P", 5001)


def test_the_example_can_be_read_and_sets_nothing_by_itself() -> None:
    example = ROOT / ".env.example"
    assert read_env_file(example) == {}
    assert "SENDFIX_PORT" in example.read_text()
