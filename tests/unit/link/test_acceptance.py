from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sendfix.link.acceptance import Acceptance, Garbled, Verdict

NOW = datetime(2026, 11, 20, 14, 30, 0, 700_000, UTC)
REPORT = "35=8|34=7|49=THEM|56=US|52=20261120-14:30:00.000|17=e1|39=1|"


def whole(body: str, begin_string: str = "FIX.4.4") -> bytes:
    text = f"8={begin_string}|9={len(body)}|{body}".replace("|", "\x01").encode("latin-1")
    return text + b"10=%03d\x01" % (sum(text) % 256)


def judge(raw: bytes, refusal: str | None = None) -> tuple[Verdict, str]:
    return Acceptance("FIX.4.4", "THEM", "US", lambda text: refusal, lambda: NOW).judge(raw)


@pytest.mark.parametrize(
    "body", [REPORT, "35=0|34=7|49=THEM|56=US|52=20261120-14:30:00.000|", REPORT + "58=déjà vu|"]
)
def test_a_good_message_is_taken(body: str) -> None:
    assert judge(whole(body)) == (Verdict.TAKEN, "")


@pytest.mark.parametrize("digits", [b"%d", b"%04d"])
def test_a_checksum_of_other_than_three_digits_is_taken_as_quickfix_does(digits: bytes) -> None:
    raw = whole(REPORT)
    assert judge(raw[:-4] + digits % int(raw[-4:-1]) + b"\x01")[0] is Verdict.TAKEN


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (whole(REPORT)[:-4] + b"000\x01", "CheckSum(10) is wrong"),
        (whole(REPORT)[:-1], "CheckSum(10) is wrong"),
        (b"", "CheckSum(10) is wrong"),
        (whole("35=0|34=7|49=THEY|56=US|"), "SenderCompID(49) is not THEM"),
    ],
)
def test_what_comes_again_or_is_not_of_the_application_is_ignored(raw: bytes, why: str) -> None:
    assert judge(raw) == (Verdict.IGNORED, why)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (whole(REPORT.replace("THEM", "THEY")), "SenderCompID(49) is not THEM"),
        (whole(REPORT.replace("56=US", "56=UK")), "TargetCompID(56) is not US"),
        (whole(REPORT, "FIX.4.2"), "BeginString(8) is not FIX.4.4"),
        (whole(REPORT.replace("14:30:00", "14:27:59")), "SendingTime(52) is 121 s old: compare the clocks"),
        (whole(REPORT.replace("14:30:00", "14:32:01")), "SendingTime(52) is 121 s ahead: compare the clocks"),
        (whole(REPORT.replace("20261120", "20261320")), "SendingTime(52) is '20261320-14:30:00.000', which is no time"),
        (whole(REPORT.replace("52=20261120-14:30:00.000|", "")), "SendingTime(52) is '', which is no time"),
    ],
)  # fmt: skip
def test_what_counts_and_does_not_reach_the_application_is_refused(raw: bytes, why: str) -> None:
    assert judge(raw) == (Verdict.REFUSED, why)


@pytest.mark.parametrize("time", ["14:28:00.999", "14:32:00.000001", "14:30:00"])
def test_two_minutes_are_allowed_between_the_clocks(time: str) -> None:
    assert judge(whole(REPORT.replace("14:30:00.000", time)))[0] is Verdict.TAKEN


def test_what_the_dictionary_refuses_says_so() -> None:
    assert judge(whole(REPORT), "Required tag missing: 6") == (Verdict.REFUSED, "Required tag missing: 6")


def test_what_quickfix_can_not_take_apart_is_ignored() -> None:
    def validate(text: str) -> str | None:
        raise Garbled("no equals sign")

    judged = Acceptance("FIX.4.4", "THEM", "US", validate, lambda: NOW).judge(whole(REPORT))
    assert judged == (Verdict.IGNORED, "no equals sign")
