"""Subscriptions and books of a session, as conversations with its counterparty."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sendfix.config.types import MarketDataConfig
from sendfix.domain.errors import InvalidRequest, UnknownBook, UnknownSession
from tests.unit.services.desk_kit import NOW_NS
from tests.unit.services.market_kit import MINE, MarketKit

ASK, END = "1", "2"


@pytest.fixture
def kit() -> MarketKit:
    return MarketKit()


def test_a_book_is_live_from_its_snapshot_on(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL", depth=5)
    request = kit.sent[-1]
    assert (request[263], request[264], request[265], request[266]) == (ASK, "5", "1", "Y")
    assert request[269] == ["0", "1", "2", "4", "5", "7", "8", "B"]
    assert kit.stale() == "It is asked for just now"

    kit.update(first, "279=0|269=0|270=9|271=1")  # before its snapshot: of no use
    kit.snapshot(first)
    assert (kit.stale(), kit.bids()) == (None, [("10", "5")])

    kit.update(first, "279=0|269=0|270=9|271=1")
    assert kit.bids() == [("10", "5"), ("9", "1")]
    assert kit.changes[-1] == ("S44", "AAPL")


def test_fix42_is_asked_for_what_it_has(kit: MarketKit) -> None:
    kit.subscribe("AAPL", name="S42")
    assert "B" not in kit.sent[-1][269]


def test_symbols_are_asked_for_together_and_fifty_at_once(kit: MarketKit) -> None:
    kit.market.subscribe("S44", [f"S{number}" for number in range(120)], 10)
    assert [len(request[55]) for request in kit.run()] == [50, 50, 20]


def test_what_is_wanted_waits_for_the_logon_and_is_asked_for_after_each(kit: MarketKit) -> None:
    kit.log_off()
    kit.market.subscribe("S44", ["AAPL", "MSFT"], 10)
    assert kit.run() == []
    assert kit.stale() == "Session S44 is not logged on: the counterparty is gone"

    kit.log_on()
    first = kit.sent[-1]
    assert first[55] == ["AAPL", "MSFT"]
    kit.snapshot(first[262])
    assert kit.stale() is None

    kit.log_off()
    assert kit.stale() == "Session S44 is not logged on: the counterparty is gone"
    assert kit.changes[-2:] == [("S44", "AAPL"), ("S44", "MSFT")]
    kit.log_on(connected_at=NOW_NS + 1)
    second = kit.sent[-1]
    assert second[55] == ["AAPL", "MSFT"]
    assert second[262] != first[262]
    assert kit.stale() == "It is asked for just now"
    kit.snapshot(first[262])
    assert kit.stale() == "It is asked for just now"
    kit.snapshot(second[262])
    assert kit.stale() is None


def test_a_reconnection_between_two_looks_is_noticed(kit: MarketKit) -> None:
    kit.snapshot(kit.subscribe("AAPL"))
    kit.log_on(connected_at=NOW_NS + 1)
    assert kit.stale() == "It is asked for just now"
    assert kit.sent[-1][55] == ["AAPL"]


def test_a_gap_breaks_the_chain_and_all_is_asked_for_anew(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL", "MSFT")
    kit.snapshot(first)
    kit.snapshot(first, "MSFT")

    kit.logged("35=2|7=4|16=0", "OUT")
    assert kit.stale() == kit.stale("MSFT") == "Messages of the counterparty are missing; they are asked for"
    end, ask = kit.run()
    assert (end[263], end[262], sorted(end[55])) == (END, first, ["AAPL", "MSFT"])
    assert (ask[263], sorted(ask[55])) == (ASK, ["AAPL", "MSFT"])

    kit.update(first, "279=0|269=0|270=9|271=1")
    assert kit.bids() == [("10", "5")]
    kit.snapshot(ask[262])
    assert kit.stale() is None


def test_what_is_sent_again_is_never_applied(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.says(f"35=X|34=3|43=Y|262={first}|268=1|279=0|269=0|55=AAPL|270=9|271=1")
    assert kit.bids() == [("10", "5")]
    assert "PossDupFlag" in (kit.stale() or "")
    assert [(one[263], one[262] == first) for one in kit.sent[-2:]] == [(END, True), (ASK, False)]

    # What is sent again of the old chain afterwards breaks the new one not.
    second = kit.sent[-1][262]
    kit.snapshot(second)
    kit.says(f"35=X|34=4|43=Y|262={first}|268=1|279=0|269=0|55=AAPL|270=8|271=1")
    assert (kit.stale(), kit.bids()) == (None, [("10", "5")])


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("279=2|269=0|270=8", "There is no bid at MDEntryPx(270) 8 to delete"),
        ("279=1|269=1|278=q|271=4", "There is no offer with MDEntryID(278) 'q' to change"),
        ("279=0|269=0|270=abc|271=4", "MDEntryPx(270) must be a number, got 'abc'"),
        ("279=0|269=0|270=1e99|271=4", "MDEntryPx(270) must have at most 18 digits before the decimal point"),
        ("279=7|269=0|270=1|271=4", "MDUpdateAction(279) '7' is not known"),
        ("279=0|269=0|270=1", "MDEntrySize(271) of the bid at 1 is missing"),
    ],
)
def test_an_update_that_does_not_fit_is_said_and_mended(kit: MarketKit, entry: str, words: str) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.update(first, entry)
    assert kit.stale() == words
    assert [(one[263], one[262] == first) for one in kit.sent[-2:]] == [(END, True), (ASK, False)]
    kit.snapshot(kit.sent[-1][262])
    assert kit.stale() is None


def test_a_counterparty_that_is_always_wrong_is_asked_less_and_less_often(kit: MarketKit) -> None:
    kit.subscribe("AAPL")
    asked = []
    for second in range(100):
        if kit.sent[-1][263] == ASK:
            kit.snapshot(kit.sent[-1][262])
            kit.update(kit.sent[-1][262], "279=2|269=0|270=8")
            asked.append(second)
        kit.run(1)
    assert asked == [0, 1, 2, 4, 8, 16, 32, 62, 92]
    assert kit.state.counts("S44").renewals == len(asked)


def test_one_book_that_is_wrong_leaves_the_others_alone(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL", "MSFT")
    kit.snapshot(first)
    kit.snapshot(first, "MSFT")
    kit.update(first, "279=2|269=0|270=8")
    second = kit.sent[-1]
    assert (second[263], second[55]) == (ASK, ["AAPL"])
    kit.update(first, "279=0|269=0|270=9|271=1", "MSFT")
    assert (kit.stale("MSFT"), len(kit.bids("MSFT"))) == (None, 2)
    kit.snapshot(second[262])

    # The request that goes on for a symbol that has left it is replaced by one without it, and no book breaks.
    (third,) = kit.run(11)
    assert (third[263], third[55]) == (ASK, ["MSFT"])
    assert kit.stale("MSFT") is None
    kit.snapshot(third[262], "MSFT")
    assert (kit.sent[-1][263], kit.sent[-1][262]) == (END, first)
    assert kit.stale("MSFT") is None


def test_a_deeper_book_comes_without_a_break(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL", depth=1)
    kit.snapshot(first)
    kit.market.watch("client", [("S44", "AAPL")], 20)
    (deeper,) = kit.run()
    assert (deeper[263], deeper[264]) == (ASK, "20")
    kit.update(first, "279=1|269=0|270=10|271=7")
    assert (kit.stale(), kit.bids()) == (None, [("10", "7")])
    kit.snapshot(deeper[262])
    assert (kit.sent[-1][263], kit.sent[-1][262]) == (END, first)
    kit.market.watch("other", [("S44", "AAPL")], 5)
    assert kit.run() == []


def test_a_counterparty_that_takes_one_subscription_of_a_symbol_only(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL", "MSFT", depth=1)
    kit.snapshot(first)
    kit.snapshot(first, "MSFT")
    deeper = kit.subscribe("AAPL", depth=20)
    end, *asked = kit.refuse(deeper, "1")
    assert (end[263], end[262]) == (END, first)
    assert sorted((one[263], one[264], one[55]) for one in asked) == [
        (ASK, "1", ["MSFT"]),
        (ASK, "20", ["AAPL"]),
    ]
    for one in asked:
        kit.snapshot(one[262], one[55][0])
    assert (kit.stale(), kit.stale("MSFT")) == (None, None)


def test_an_unknown_symbol_does_not_keep_the_others_from_theirs(kit: MarketKit) -> None:
    requests = [kit.subscribe("AAPL", "MSFT", "NOPE", "IBM")]
    while requests:
        md_req_id = requests.pop()
        symbols = next(one[55] for one in kit.sent if one[262] == md_req_id)
        if "NOPE" in symbols:
            requests += [one[262] for one in kit.refuse(md_req_id, "0", "NOPE is unknown")]
        else:
            for symbol in symbols:
                kit.snapshot(md_req_id, symbol)
    assert [kit.stale(symbol) for symbol in ("AAPL", "MSFT", "IBM")] == [None] * 3
    assert kit.stale("NOPE") == "The counterparty refused the subscription: NOPE is unknown"

    # It is not asked for again by itself, but when somebody asks for it.
    assert kit.run(3600) == []
    assert kit.subscribe("NOPE") == kit.sent[-1][262]
    assert kit.sent[-1][55] == ["NOPE"]


@pytest.mark.parametrize(
    ("reason", "tag", "value"),
    [("6", 265, "0"), ("7", 266, None), ("8", 269, ["0", "1", "2"]), ("5", 264, "0")],
)
def test_a_counterparty_is_asked_in_the_way_that_it_supports(
    kit: MarketKit, reason: str, tag: int, value: object
) -> None:
    first = kit.subscribe("AAPL")
    (again,) = kit.refuse(first, reason)
    assert (again[263], again.get(tag)) == (ASK, value)
    kit.snapshot(again[262])
    assert kit.stale() is None


def test_whole_snapshots_need_no_chain(kit: MarketKit) -> None:
    (again,) = kit.refuse(kit.subscribe("AAPL"), "6")
    kit.snapshot(again[262])
    kit.logged("35=2|7=4|16=0", "OUT")
    assert (kit.stale(), kit.run()) == (None, [])


@pytest.mark.parametrize("by", ["379={}", "45=7"])
@pytest.mark.parametrize("msg_type", ["j", "3"])
def test_other_refusals_are_found_by_id_and_by_number(kit: MarketKit, msg_type: str, by: str) -> None:
    first = kit.subscribe("AAPL")
    kit.logged(f"35=V|262={first}", "OUT", seq_num=7)
    kit.logged(f"35={msg_type}|372=V|{by.format(first)}|58=no market data here")
    assert kit.stale() == "The counterparty refused the subscription: no market data here"
    assert kit.run(60) == []


def test_refusals_of_others_are_none_of_ours(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.logged(f"35=V|262={first}", "OUT", seq_num=7)
    kit.logged("35=j|372=D|45=7|58=no")
    kit.logged("35=Y|262=OTHER|281=0")
    kit.logged("35=3|45=8|58=no")
    assert kit.stale() == "It is asked for just now"


def test_a_subscription_that_the_counterparty_ends_is_stale(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.refuse(first, "3", "your permission has ended")
    assert kit.stale() == "The counterparty refused the subscription: your permission has ended"


def test_a_symbol_is_kept_for_a_while_after_the_last_who_wanted_it(kit: MarketKit) -> None:
    kit.market.watch("client", [("S44", "AAPL")], 10)
    (first,) = kit.run()
    kit.snapshot(first[262])
    kit.market.watch("client", [], 10)
    assert kit.run(9) == []
    kit.market.watch("client", [("S44", "AAPL")], 10)
    assert kit.run(20) == []
    assert kit.stale() is None

    kit.market.watch("client", [], 10)
    (end,) = kit.run(11)
    assert (end[263], end[262]) == (END, first[262])
    with pytest.raises(UnknownBook):
        kit.view()


def test_one_who_goes_takes_nothing_from_another(kit: MarketKit) -> None:
    kit.snapshot(kit.subscribe("AAPL"))
    kit.market.watch("client", [("S44", "AAPL")], 10)
    assert kit.market.unsubscribe("S44", ["AAPL", "NOPE"]) == ["AAPL"]
    assert kit.run(60) == []
    kit.market.watch("client", [], 10)
    assert [one[263] for one in kit.run(11)] == [END]


def test_a_subscription_of_an_earlier_run_is_ended_once_and_that_of_another_desk_never(
    kit: MarketKit,
) -> None:
    kit.snapshot(f"{MINE}old")
    kit.snapshot("MD2-other")
    kit.update(f"{MINE}old2", "279=0|269=0|270=9|271=1")
    assert [(one[263], one[262], one[55]) for one in kit.sent] == [
        (END, f"{MINE}old", ["AAPL"]),
        (END, f"{MINE}old2", ["AAPL"]),
    ]
    kit.snapshot(f"{MINE}old")
    assert len(kit.sent) == 2

    # One that could not be ended is ended when it speaks again.
    kit.market.not_sent(kit.sendings[0], "the engine is busy")
    kit.snapshot(f"{MINE}old")
    assert kit.sent[-1][262] == f"{MINE}old"
    assert len(kit.sent) == 3


def test_what_is_said_of_a_symbol_that_can_not_be_is_no_reason_to_ask_for_anything(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.market.subscribe("S44", ["MSFT"], 10)
    kit.says(f"35=X|34=3|262={MINE}old|268=1|279=0|269=0|55=\u00dc|270=1|271=1")
    assert [one[55] for one in kit.sent] == [["AAPL"], ["MSFT"]]
    assert kit.stale() is None


def test_what_could_not_be_sent_is_tried_again(kit: MarketKit) -> None:
    kit.subscribe("AAPL")
    kit.market.not_sent(kit.sendings[-1], "the engine is busy")
    assert kit.stale() == "It could not be asked for: the engine is busy"
    assert kit.run(1) == []
    (again,) = kit.run(5)
    kit.snapshot(again[262])
    assert kit.stale() is None


def test_what_the_engine_left_out_is_asked_for_anew(kit: MarketKit) -> None:
    kit.snapshot(kit.subscribe("AAPL"))
    kit.feed.lost("S44")
    assert "did not keep up" in (kit.stale() or "")
    assert [one[263] for one in kit.run()] == [END, ASK]
    assert kit.state.counts("S44").lost == 1


def test_messages_without_an_id_belong_to_their_symbol(kit: MarketKit) -> None:
    kit.subscribe("AAPL")
    kit.says("35=W|34=2|55=AAPL|268=1|269=0|270=10|271=5")
    kit.says(
        "35=X|34=3|268=3|279=0|269=0|55=AAPL|270=9|271=1|279=0|269=0|270=8|271=2|279=0|269=0|55=X|270=7|271=1"
    )
    assert (kit.stale(), kit.bids()) == (None, [("10", "5"), ("9", "1"), ("8", "2")])


def test_the_only_symbol_of_a_request_need_not_be_named(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.says(f"35=X|34=3|262={first}|268=1|279=2|269=0|270=10")
    assert kit.bids() == []


def test_the_configuration_wants_its_symbols_and_follows_a_change() -> None:
    kit = MarketKit(MarketDataConfig(("AAPL", "MSFT"), 3))
    assert [(one[55], one[264]) for one in kit.sent] == [(["AAPL", "MSFT"], "3")] * 2
    first = kit.sent[-1][262]
    kit.snapshot(first)
    session = kit.sessions.get("S44")
    kit.sessions.configure(
        [
            kit.sessions.get("S42").config,
            replace(session.config, market_data=MarketDataConfig(("AAPL", "IBM"), 3)),
        ]
    )
    kit.market.session_changed(session)
    (asked,) = kit.run()
    assert asked[55] == ["IBM"]
    assert kit.stale() is None
    kit.run(11)
    with pytest.raises(UnknownBook):
        kit.view("MSFT")


def test_wrong_input_is_named_and_changes_nothing(kit: MarketKit) -> None:
    with pytest.raises(UnknownSession):
        kit.market.subscribe("S99", ["AAPL"], 10)
    with pytest.raises(InvalidRequest, match=r"symbols.1: Symbol\(55\) must be ASCII text"):
        kit.market.subscribe("S44", ["AAPL", "Ä"], 10)
    with pytest.raises(InvalidRequest, match=r"books.0.session_name: is not a session") as error:
        kit.market.watch("client", [("S99", "AAPL"), ("S44", "a\x01b"), ("S44", "AAPL")], 10)
    assert [one.field for one in error.value.errors] == ["books.0.session_name", "books.1"]
    with pytest.raises(InvalidRequest, match="more than 1000 symbols of session S44"):
        kit.market.subscribe("S44", [f"S{number}" for number in range(1001)], 10)
    assert kit.run() == []
    assert list(kit.market.views()) == []
