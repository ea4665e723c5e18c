"""Several orders with one request, and one by one where the counterparty does not take that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sendfix.domain.enums import Side
from sendfix.domain.errors import NotLoggedOn, StorageUnavailable, UnknownSession
from sendfix.services.kill_switches import KillSwitches
from sendfix.services.mass import ANSWER_SECONDS, Filter, MassDesk, stop
from tests.unit.services.desk_kit import DOWN, NOW, DeskKit, MemorySwitches, dictionary_of, fix


class Mass:
    """A desk whose sessions have OrderMassCancelRequest, with three orders on S44 and one on S42."""

    def __init__(self) -> None:
        self.kit = kit = DeskKit()
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.desk = MassDesk(
            kit.desk,
            kit.sessions,
            kit.blotter,
            kit.ids,
            lambda: NOW,
            dictionary_of,
            lambda seconds, act: self.due.append((seconds, act)),
            kit.heard,
        )
        kit.bus.subscribe(self.desk)
        for session in kit.sessions:
            session.config = replace(session.config, mass_cancel=True)
        for cl_ord_id, symbol, side in (("A", "AAPL", "BUY"), ("B", "AAPL", "SELL"), ("C", "MSFT", "BUY")):
            kit.send(cl_ord_id=cl_ord_id, symbol=symbol, side=side)
        kit.send("S42", "D")
        kit.engine.sent.clear()

    @property
    def sent(self) -> list[str]:
        """The requests without what is the same in each."""
        return [body.partition("|60=")[0] for body in self.kit.engine.sent]

    def canceled(self) -> list[str]:
        return [
            body.partition("|41=")[2].partition("|")[0] for body in self.kit.engine.sent if "|41=" in body
        ]

    def answer(self, body: str) -> None:
        self.kit.entry("S44", 0, fix(f"8=FIX.4.4|9=1|{body}|10=000|"))

    def pass_time(self, seconds: float) -> None:
        due, self.due = self.due, []
        for after, act in due:
            if after <= seconds:
                act()
            else:
                self.due.append((after - seconds, act))


@pytest.fixture
def mass() -> Mass:
    return Mass()


def test_all_orders_of_a_session_are_canceled_by_one_request(mass: Mass) -> None:
    canceled = mass.desk.cancel(Filter("S44"))
    (request_id,) = canceled.mass_cancels
    assert mass.sent == [f"35=q|11={request_id}|530=7"]
    assert [(order.cl_ord_id, reason) for order, reason in canceled.results] == [
        ("A", None),
        ("B", None),
        ("C", None),
    ]
    mass.answer(f"35=r|34=9|11={request_id}|37=M1|530=7|531=7|533=3")
    mass.pass_time(ANSWER_SECONDS)
    assert mass.canceled() == []


def test_those_of_a_symbol_or_a_side(mass: Mass) -> None:
    mass.desk.cancel(Filter("S44", symbol="AAPL"))
    mass.desk.cancel(Filter("S44", side=Side.BUY))
    assert [body.partition("|530=")[2] for body in mass.sent] == ["1|55=AAPL", "7|54=1"]


def test_one_order_alone_and_a_version_without_the_request_are_canceled_the_plain_way(mass: Mass) -> None:
    assert mass.desk.cancel(Filter("S44", symbol="MSFT")).mass_cancels == []
    mass.kit.send("S42", "E")
    assert mass.desk.cancel(Filter("S42")).mass_cancels == []
    assert mass.canceled() == ["C", "D", "E"]


def test_a_session_without_mass_cancel_sends_none(mass: Mass) -> None:
    for session in mass.kit.sessions:
        session.config = replace(session.config, mass_cancel=False)
    assert mass.desk.cancel(Filter()).mass_cancels == []
    assert sorted(mass.canceled()) == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    "refusal",
    [
        "35=r|34=9|11={id}|37=M1|530=7|531=0|532=0|58=not today",
        "35=j|34=9|45=6|372=q|379={id}|380=3",
        "35=j|34=9|45=6|372=q|380=3",
        "35=3|34=9|45=6|372=q|58=unknown message",
    ],
)
def test_what_refuses_is_canceled_one_by_one(mass: Mass, refusal: str) -> None:
    (request_id,) = mass.desk.cancel(Filter("S44")).mass_cancels
    mass.answer(refusal.format(id=request_id))
    mass.pass_time(0)
    assert sorted(mass.canceled()) == ["A", "B", "C"]
    mass.pass_time(ANSWER_SECONDS)
    assert len(mass.canceled()) == 3


def test_a_refusal_by_its_id_is_of_that_request_alone(mass: Mass) -> None:
    mass.kit.send(cl_ord_id="F", symbol="MSFT")
    (first,) = mass.desk.cancel(Filter("S44", symbol="AAPL")).mass_cancels
    mass.desk.cancel(Filter("S44", symbol="MSFT"))
    mass.answer(f"35=j|34=9|45=6|372=q|379={first}|380=3")
    mass.pass_time(0)
    assert sorted(mass.canceled()) == ["A", "B"]


def test_what_can_not_be_written_waits_for_no_answer_and_stops_no_other(mass: Mass) -> None:
    """A counterparty's ids and symbols may be what it can't be told again."""
    mass.kit.entry(
        "S44", 0, "8=FIX.4.4|9=1|35=8|34=9|37=\u00d6|11=B|17=1|150=0|39=0|10=0|".replace("|", "\x01").encode()
    )
    odd = "37=1|17=1|150=0|39=0|55=\u00dc|54=1|38=5|14=0|151=5|6=0"
    for number in (1, 2):
        raw = f"8=FIX.4.4|9=1|35=8|34=1{number}|11=T{number}|{odd}|10=0|".replace("37=1", f"37={number}")
        mass.kit.entry("S44", 0, raw.replace("|", "\x01").encode())
    canceled = mass.desk.cancel(Filter("S44", symbol="\u00dc"))
    assert [reason for _order, reason in canceled.results] == [
        "symbol: Symbol(55) is '\u00dc', which is not ASCII: call the counterparty"
    ] * 2
    mass.answer("35=j|34=13|45=6|372=q|380=3")
    mass.pass_time(0)
    assert mass.kit.engine.sent == []
    for session in mass.kit.sessions:
        session.config = replace(session.config, mass_cancel=False)
    assert len(mass.desk.cancel(Filter()).results) == 6
    assert sorted(mass.canceled()) == ["A", "B", "C", "D"]
    mass.kit.desk.ask_status("S44")
    assert mass.kit.engine.sent[-1].startswith("35=H|11=C|")


def test_what_does_not_answer_is_canceled_one_by_one(mass: Mass) -> None:
    mass.desk.cancel(Filter("S44"))
    mass.pass_time(ANSWER_SECONDS - 1)
    assert mass.canceled() == []
    mass.kit.fill("A")
    mass.pass_time(1)
    mass.pass_time(0)
    assert sorted(mass.canceled()) == ["B", "C"]


def test_a_session_that_is_lost_before_the_answer_leaves_orders_open_and_that_is_told(mass: Mass) -> None:
    (request_id,) = mass.desk.cancel(Filter("S44")).mass_cancels
    mass.kit.intake.status("S44", DOWN)
    mass.kit.fill("A")
    mass.pass_time(ANSWER_SECONDS)
    mass.pass_time(0)
    (failed,) = mass.kit.heard.mass_cancels
    assert (failed.session_name, failed.mass_cancel) == ("S44", request_id)
    assert sorted(failed.cl_ord_ids) == ["B", "C"]
    assert "the counterparty is gone" in failed.reason


def test_an_answer_to_something_else_is_none(mass: Mass) -> None:
    mass.desk.cancel(Filter("S44"))
    mass.answer("35=r|34=9|11=OTHER|37=M1|530=7|531=0")
    mass.answer("35=j|34=10|45=2|372=H|380=3")
    mass.pass_time(0)
    assert mass.canceled() == []


def test_a_session_that_is_down_says_so_for_each_order(mass: Mass) -> None:
    mass.kit.intake.status("S44", DOWN)
    results = mass.desk.cancel(Filter("S44")).results
    assert [reason is not None and "the counterparty is gone" in reason for _order, reason in results] == [
        True
    ] * 3
    with pytest.raises(NotLoggedOn):
        mass.desk.ask_status(Filter("S44"))
    with pytest.raises(UnknownSession):
        mass.desk.cancel(Filter("S99"))


def test_the_status_of_all_is_asked_for_at_once_where_the_version_can(mass: Mass) -> None:
    asked = mass.desk.ask_status(Filter("S44"))
    assert mass.sent == [f"35=AF|584={asked.mass_status_req_id}|585=7|"]
    assert asked.asked == 3
    mass.kit.engine.sent.clear()
    one_by_one = mass.desk.ask_status(Filter("S42"))
    assert (one_by_one.mass_status_req_id, one_by_one.asked) == (None, 1)
    assert mass.sent[0].startswith("35=H|11=D|")


def test_a_counterparty_that_does_not_know_the_request_is_not_asked_so_again(mass: Mass) -> None:
    asked = mass.desk.ask_status(Filter("S44", side=Side.BUY))
    mass.answer(f"35=j|34=9|45=6|372=AF|379={asked.mass_status_req_id}|380=4")
    mass.pass_time(0)
    assert [body[:7] for body in mass.sent[1:]] == ["35=H|11"] * 2
    asked = mass.desk.ask_status(Filter("S44", side=Side.BUY))
    mass.answer(f"35=j|34=9|45=6|372=AF|379={asked.mass_status_req_id}|380=3")
    mass.pass_time(0)
    assert [body[:7] for body in mass.sent[4:]] == ["35=H|11"] * 2
    assert mass.desk.ask_status(Filter("S44")).mass_status_req_id is None


def test_that_there_are_no_orders_is_no_order(mass: Mass) -> None:
    known = len(mass.kit.blotter)
    mass.answer(
        "35=8|34=9|37=NONE|17=0|150=I|39=8|584=X|911=0|912=Y|55=[N/A]|54=7|151=0|14=0|6=0|58=no open orders"
    )
    assert len(mass.kit.blotter) == known
    assert [row.direction for row in mass.kit.heard.messages[-1:]] == ["IN"]


def test_a_switch_that_can_not_be_kept_cancels_what_is_open_all_the_same() -> None:
    mass = Mass()
    store = MemorySwitches()
    store.fails = True
    switches = KillSwitches(mass.kit.sessions, store, lambda: NOW, lambda: None)
    with pytest.raises(StorageUnavailable, match="a restart of the desk would forget it") as caught:
        stop(switches, mass.desk, "S42", "fire", cancel_open=False)
    assert (mass.sent, "Cancels" in str(caught.value)) == ([], False)
    with pytest.raises(
        StorageUnavailable, match=r"forget it: the disk is full\. Cancels of the open orders were sent"
    ):
        stop(switches, mass.desk, "S42", "fire", cancel_open=True)
    assert len(mass.sent) == 1
    assert switches.kill_reason("S42") is not None
