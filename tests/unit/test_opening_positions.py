"""The file of opening positions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sendfix.config import ConfigError
from sendfix.config.opening_positions import read_opening_positions
from sendfix.domain.position import OpeningPosition

HEAD = "session_name,account,symbol,qty,px,day\n"


def read(tmp_path: Path, content: str | bytes) -> tuple[OpeningPosition, ...]:
    path = tmp_path / "opening.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_opening_positions(path)


def test_without_a_file_there_are_none() -> None:
    assert read_opening_positions(None) == ()


def test_what_a_spreadsheet_writes(tmp_path: Path) -> None:
    """With a byte order mark, CR LF, quotes, columns in another order, an empty line."""
    text = (
        "\ufeffsymbol,session_name,account,day,qty,px\r\n"
        'AAPL,SIM,"A,1",2026-03-02,100,10.50\r\n\r\nIBM,SIM,,2026-03-02,-5,0\r\n'
    )

    assert read(tmp_path, text) == (
        OpeningPosition("SIM", "A,1", "AAPL", Decimal(100), Decimal("10.50"), date(2026, 3, 2)),
        OpeningPosition("SIM", None, "IBM", Decimal(-5), Decimal(0), date(2026, 3, 2)),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the first line must name the columns"),
        ("session_name,symbol\n", "the first line must name the columns"),
        (HEAD + "SIM,A,AAPL,100,10\n", "line 2: must have 6 values"),
        (HEAD + "SIM,A,AAPL,100,10,2026-03-02,x\n", "line 2: must have 6 values"),
        (HEAD + ",A,AAPL,100,10,2026-03-02\n", "line 2: session_name is missing"),
        (HEAD + "SIM,A,AAPL,1_000,10,2026-03-02\n", "line 2: qty must be a number, got '1_000'"),
        (HEAD + "SIM,A,AAPL,100,NaN,2026-03-02\n", "line 2: px must be a number, got 'NaN'"),
        (HEAD + "SIM,A,AAPL,100,10,2.3.26\n", "line 2: day is '2.3.26'; give a date like 2026-03-02"),
        (HEAD + "SIM,A,AAPL,1,1,2026-03-02\nSIM,A,AAPL,2,1,2026-03-02\n", "line 3: stands there twice"),
        (HEAD + '"SIM,A\n', "unexpected end of data"),
        (b"\xff\xfe\x00", "it is not UTF-8 text"),
    ],
)
def test_a_mistake_names_its_line(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(ConfigError, match=r"opening\.csv") as error:
        read(tmp_path, content)
    assert said in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"SENDFIX_OPENING_POSITIONS: .*No such file"):
        read_opening_positions(tmp_path / "no.csv")
