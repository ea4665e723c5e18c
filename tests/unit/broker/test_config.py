"""The broker's YAML file."""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import event, given
from hypothesis import strategies as st

from broker.config import BadConfig, load, read
from broker.settings import Client, Hours, Rules, Settings, Walk
from broker.trading.behaviours import Behaviours, Mode

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "broker.md"


def problems_of(text: str, **environ: str) -> list[str]:
    with pytest.raises(BadConfig) as caught:
        read(text, environ)
    return caught.value.problems


def example() -> str:
    (found,) = re.findall(r"(?s)```yaml\n(walk:.*?)```", GUIDE.read_text(encoding="utf-8"))
    return str(found)


def test_the_example_of_the_guide_has_every_key_and_loads() -> None:
    parsed: dict[str, Any] = yaml.load(example(), yaml.BaseLoader)
    sections = [
        (Settings, parsed),
        (Walk, parsed["walk"]),
        (Rules, parsed["rules"]),
        (Hours, parsed["hours"]),
    ]
    for kind, section in [*sections, (Client, parsed["clients"]["SENDFIX44"])]:
        assert {field.name for field in fields(kind)} == set(section), kind
    settings = read(example(), {"DESK_PASSWORD": "12345"})
    assert (settings.walk, settings.rules, settings.hours) == (Walk(enabled=True), Rules(), Hours())
    assert settings.clients["SENDFIX44"] == Client(
        username="desk", password="12345", behaviour="fill", faults={"delay": {"seconds": 0.2}}
    )
    behaviours = Behaviours.at_start(settings)
    assert behaviours.of("SENDFIX44", "AAPL").mode is Mode.FILL
    assert behaviours.of("SENDFIX42", "AAPL").steps == 4
    assert behaviours.default == Behaviours().default


def test_an_empty_file_is_the_defaults_with_a_market_that_walks() -> None:
    assert read("", {}) == Settings(walk=Walk(enabled=True))
    assert read("walk: {enabled: off}", {}).walk == Walk(enabled=False)


def test_values_are_what_they_look_like() -> None:
    settings = read(
        """
        walk: {volatility: 0.1, spread: "0.30"}
        hours: {open_time: 17:30, close_time: 08:00, holidays: [2027-12-25], timezone: America/New_York}
        clients: {0042: {username: "yes", password: "$${x}"}, on: {}}
        """,
        {},
    )
    assert settings.walk.volatility == Decimal("0.1")
    assert settings.walk.spread == Decimal("0.30")
    assert settings.hours.open_time == "17:30"
    assert settings.hours.holidays == ("2027-12-25",)
    assert settings.clients == {"0042": Client(username="yes", password="${x}"), "on": Client()}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("wlak: {}", "wlak is unknown; known are walk, rules, hours, clients, any_client, behaviours"),
        ("rules: {tik: 1}", "rules.tik is unknown; known are tick, max_quantity"),
        ("clients: {A: {pasword: x}}", "clients.A.pasword is unknown; known are username, password"),
        ("walk: 5", "walk must be a mapping"),
        ("[]", "the file must be a mapping"),
        ("walk: {levels: true}", "walk.levels must be a number"),
        ("walk: {interval: 0}", "walk.interval must be greater than or equal to 0.01"),
        ("walk: {interval: 1e999}", "walk.interval must be"),
        ("walk: {seed: 1.5}", "walk.seed must be a valid integer"),
        ("rules: {tick: 0}", "rules.tick must be greater than 0"),
        ("rules: {max_price: much}", "rules.max_price must be a valid decimal"),
        (f"rules: {{max_price: {'9' * 5000}}}", "rules.max_price must be less than"),
        ("hours: {open_time: 9:30}", "hours.open_time must be a time as 09:30"),
        ("hours: {close_time: 24:00}", "hours.close_time must be a time"),
        ("hours: {timezone: Mars/Olympus}", "hours.timezone must be a time zone's name"),
        ("hours: {timezone: Europe}", "hours.timezone must be a time zone's name"),
        ("hours: {timezone: ../passwd}", "hours.timezone must be a time zone's name"),
        ("hours: {days_of_week: []}", "hours.days_of_week must not be empty"),
        ("hours: {days_of_week: [8]}", "hours.days_of_week.0 must be less than or equal to 7"),
        ("hours: {holidays: [2027-02-30]}", "hours.holidays.0 must be a date as 2027-12-25"),
        ("clients: {A: {username: 1}}", "clients.A.username must be a text: put it in quotes"),
        ("clients: {Zoë: {}}", "clients.Zoë.[key] must be one or more printable ASCII"),
        ("clients: {A: {behaviour: {mode: no}}}", "clients.A.behaviour.mode must be one of match"),
        ("clients: {A.B: {behaviour: 1}}", "clients.A.B.behaviour must be a mode"),
        ("behaviours: {default: {mode: fill, stps: 1}}", "behaviours.default.stps is unknown"),
        ("clients: {A: {behaviour: fill}}\nbehaviours: {clients: {A: fill}}", "clients.A.behaviour is among"),
        (
            "clients: {A: {password: '${NOT_SET}'}}",
            "clients.A.password takes ${NOT_SET}, which is not in the",
        ),
        ("clients: {A: {password: '${NOT-SET}'}}", "clients.A.password has a ${ without"),
        ("walk:\n  seed: 1\n  seed: 2", "line 3, column 3: is not right YAML: the key seed is there twice"),
        ("walk: [", "line 1, column 8: is not right YAML"),
        ("a: \x00", "line 1, column 4: is a character that YAML does not allow"),
        ("a: !!int x", "has a value that does not fit its !!tag"),
        ("a: !!python/object:os.system {}", "line 1, column 4: is not right YAML"),
        ("&a [*a]", "is nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_its_key(text: str, problem: str) -> None:
    (found,) = problems_of(text)
    assert found.startswith(problem)
    assert found.isprintable()


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = problems_of("walk: {seed: x}\nrules: {tick: x}\nnope: 1")
    assert [one.split()[0] for one in found] == ["walk.seed", "rules.tick", "nope"]


def test_no_password_is_shown() -> None:
    secret = "h4nd-0ff"
    for text in (
        f"clients: {{A: {{password: [{secret}]}}}}",
        f"clients: {{A: {{password: {secret}",
        f'clients: {{A: {{password: "{secret}\\n"}}}}',
    ):
        assert secret not in repr(problems_of(text))
    assert secret not in repr(read(f"clients: {{A: {{password: {secret}}}}}", {}))


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    missing, latin = tmp_path / "missing.yaml", tmp_path / "latin.yaml"
    latin.write_bytes(b"\xe9: 1")
    for path, what in ((missing, "No such file"), (tmp_path, "directory"), (latin, "not UTF-8 at byte 0")):
        with pytest.raises(BadConfig, match=what) as caught:
            load(path, {})
        assert caught.value.problems[0].startswith(str(path))


@given(st.text() | st.text("walkhoursclient:{}[]&*!?-,'\"|>#$%@ \n1.").map(lambda text: f"walk: {text}"))
def test_any_text_is_settings_or_a_clear_error(text: str) -> None:
    problems: list[str] = []
    try:
        read(text, {})
    except BadConfig as error:
        problems = error.problems
        event("refused")
    assert all(problem and "\n" not in problem for problem in problems)
