from __future__ import annotations

import json
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sendfix.config import Config, ConfigError, Endpoint, SessionConfig, Settings, load_config
from sendfix.config.types import MarketDataConfig

ROOT = Path(__file__).resolve().parents[2]

SESSION = {
    "name": "A",
    "server_ip": "127.0.0.1",
    "port": 15001,
    "fix_version": "FIX.4.4",
    "sender_comp_id": "ME",
    "target_comp_id": "YOU",
    "heartbeat_interval": 30,
}


def load(tmp_path: Path, document: Any, environ: dict[str, str] | None = None) -> Config:
    path = tmp_path / "sessions.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return load_config(path, environ or {})


def test_the_seven_keys_are_complete(tmp_path: Path) -> None:
    (session,) = load(tmp_path, {"sessions": [SESSION]}).sessions
    assert session == SessionConfig("A", "127.0.0.1", 15001, "FIX.4.4", "ME", "YOU", 30)
    assert session.enabled
    assert not session.auto_connect
    assert session.reconnection.initial_delay == 5


def test_every_key_is_read(tmp_path: Path) -> None:
    (session,) = load(
        tmp_path,
        {
            "sessions": [
                {
                    **SESSION,
                    "enabled": False,
                    "auto_connect": True,
                    "username": "user",
                    "password": "${FIX_PASSWORD}",
                    "account": "ACC1",
                    "data_dictionary": "FIX44-custom.xml",
                    "alternates": [{"server_ip": "10.0.0.2", "port": 15002}],
                    "tls": {
                        "ca_file": "ca.pem",
                        "cert_file": "me.pem",
                        "key_file": "me.key",
                        "server_name": "fix.example.com",
                        "verify": True,
                    },
                    "reset_on_logon": True,
                    "reconnection": {
                        "initial_delay": 1.5,
                        "max_delay": 20,
                        "backoff_factor": 2,
                        "max_attempts": 10,
                    },
                    "schedule": {
                        "timezone": "Europe/London",
                        "open_time": "08:00",
                        "close_time": "16:30:30",
                        "days_of_week": ["Monday", "friday"],
                        "holidays": ["2026-12-25"],
                    },
                    "market_data": {"symbols": ["AAPL", "MSFT", "AAPL"], "depth": 0},
                    "limits": {
                        "max_orders_per_second": 50,
                        "max_order_qty": 1000,
                        "max_notional": "1000000.50",
                        "symbols": ["AAPL", "MSFT"],
                        "blocked_symbols": ["TSLA"],
                        "duplicate_seconds": 2,
                    },
                }
            ]
        },
        {"FIX_PASSWORD": "hidden"},
    ).sessions
    assert session.password == "hidden"
    assert "hidden" not in repr(session)
    assert session.data_dictionary == tmp_path / "FIX44-custom.xml"
    assert session.endpoints == (Endpoint("127.0.0.1", 15001), Endpoint("10.0.0.2", 15002))
    assert session.tls is not None
    assert session.tls.key_file == tmp_path / "me.key"
    assert session.reconnection.initial_delay == 1.5
    assert session.reconnection.max_attempts == 10
    assert session.schedule is not None
    assert (session.schedule.open_time, session.schedule.close_time) == (time(8), time(16, 30, 30))
    assert session.schedule.days_of_week == ("monday", "friday")
    assert session.schedule.holidays == (date(2026, 12, 25),)
    assert session.market_data == MarketDataConfig(("AAPL", "MSFT"), 0)
    assert not session.market_data_log
    assert session.limits.max_order_qty == Decimal(1000)
    assert session.limits.max_notional == Decimal("1000000.50")
    assert session.limits.symbols == {"AAPL", "MSFT"}
    assert (session.limits.blocked_symbols, session.limits.duplicate_seconds) == ({"TSLA"}, 2.0)


@pytest.mark.parametrize(
    ("environ", "port"), [({}, 15001), ({"BROKER_FIX_PORT": "7000"}, 7000), ({"BROKER_FIX_PORT": ""}, 15001)]
)
def test_the_file_that_comes_with_the_product(environ: dict[str, str], port: int) -> None:
    sessions = load_config(ROOT / "multi_session_config.json", environ).sessions
    assert [(s.name, s.fix_version, s.port, s.auto_connect) for s in sessions] == [
        ("SIM-FIX42", "FIX.4.2", port, True),
        ("SIM-FIX44", "FIX.4.4", port, True),
    ]


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in SESSION.items() if name != key}


@pytest.mark.parametrize(
    ("session", "message"),
    [
        ({**SESSION, "auto_conect": True}, 'session A: unknown key "auto_conect"; did you mean "auto_connect"?'),
        ({**SESSION, "zzz": 1}, 'session A: unknown key "zzz"; allowed are name, '),
        ({**SESSION, "port": 0}, "session A: port: is 0; give a whole number from 1 to 65535"),
        ({**SESSION, "port": "http"}, 'session A: port: is "http"; give a whole number'),
        ({**SESSION, "port": 1.5}, "session A: port: is 1.5; give a whole number"),
        ({**SESSION, "port": True}, "session A: port: is true; give a whole number"),
        ({**SESSION, "port": "${NO_SUCH}"}, "session A: port: the environment variable NO_SUCH is not set"),
        (without("port"), "session A: port: is missing"),
        (without("name"), "sessions[0]: name: is missing"),
        ({**SESSION, "name": "a/b"}, "name: is 'a/b'; give 1 to 64 of the characters"),
        ({**SESSION, "name": ".."}, "name: is '..'; give 1 to 64 of the characters"),
        ({**SESSION, "name": "x" * 65}, "give 1 to 64 of the characters"),
        ({**SESSION, "fix_version": "FIX.9.9"}, "session A: fix_version: is 'FIX.9.9'; give one of FIX.4.0,"),
        ({**SESSION, "sender_comp_id": ""}, 'session A: sender_comp_id: is ""; give a text'),
        ({**SESSION, "sender_comp_id": 7}, "session A: sender_comp_id: is 7; give a text in quotes"),
        ({**SESSION, "target_comp_id": "A\u0001B"}, "session A: target_comp_id: has a control character"),
        ({**SESSION, "enabled": "yes"}, 'session A: enabled: is "yes"; give true or false'),
        ({**SESSION, "alternates": {}}, "session A: alternates: is an object; give a list"),
        ({**SESSION, "alternates": [{"server_ip": "x"}]}, "session A: alternates[0]: port: is missing"),
        ({**SESSION, "tls": []}, "session A: tls: is a list; give an object"),
        ({**SESSION, "tls": {"ca_fil": "x"}}, 'session A: tls: unknown key "ca_fil"; did you mean "ca_file"?'),
        ({**SESSION, "tls": {"cert_file": "x"}}, "session A: tls: cert_file: and key_file belong together"),
        ({**SESSION, "reconnection": {"initial_delay": 0.5}}, "initial_delay: is 0.5; give a number from 1"),
        (
            {**SESSION, "schedule": {"timezone": "Europe/Londn", "open_time": "08:00", "close_time": "09:00"}},
            "session A: schedule: timezone: 'Europe/Londn' is not a time zone; did you mean Europe/London?",
        ),
        (
            {**SESSION, "schedule": {"timezone": "UTC", "open_time": "8:00", "close_time": "09:00"}},
            "session A: schedule: open_time: is '8:00'; give a time like 09:30",
        ),
        ({**SESSION, "market_data": {}}, "market_data: symbols: is missing"),
        ({**SESSION, "market_data": {"symbols": []}}, "market_data: symbols: are 0; give 1 to 1000"),
        ({**SESSION, "market_data": {"symbols": ["Ä"]}}, "market_data: symbols: has 'Ä'; give at most 64 ASCII"),
        (
            {**SESSION, "market_data": {"symbols": ["A"], "depth": -1}},
            "market_data: depth: is -1; give a whole number from 0 to 10000",
        ),
        ({**SESSION, "market_data_log": 1}, "market_data_log: is 1; give true or false"),
        ({**SESSION, "limits": {"max_order_qty": -1}}, "limits: max_order_qty: is -1; give a number above 0"),
        ({**SESSION, "limits": {"symbols": "AAPL"}}, 'limits: symbols: is "AAPL"; give a list'),
        ({**SESSION, "limits": {"blocked_symbols": ["AAPL", 7]}}, "limits: blocked_symbols: is 7; give a text"),
        ({**SESSION, "limits": {"duplicate_seconds": 0}}, "limits: duplicate_seconds: is 0; give a number from 0.001"),
        ("text", 'sessions[0]: is "text"; give an object'),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_that_says_where(tmp_path: Path, session: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, {"sessions": [session]})
    text = str(caught.value)
    assert text.startswith(f"{tmp_path / 'sessions.json'}: ")
    assert message in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({**SESSION, "sender_comp_id": "OTHER"}, "session A: the name is used twice"),
        ({**SESSION, "name": "a", "sender_comp_id": "OTHER"}, "session a: the name is used twice"),
        ({**SESSION, "name": "B"}, "session B: FIX.4.4 ME → YOU is both session A and session B"),
    ],
)
def test_twins_are_refused(tmp_path: Path, second: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(tmp_path, {"sessions": [SESSION, second]})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ('{"sessions": [}', r"sessions\.json: line 1, column 15: Expecting value"),
        ("[]", r"sessions\.json: is a list; give an object"),
        ("{}", r"sessions\.json: sessions: is missing"),
        ('{"sessions": [], "sesions": 1}', 'unknown key "sesions"; did you mean "sessions"'),
        ('{"sessions": [], "sessions": []}', "'sessions' stands twice"),
    ],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, document: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(tmp_path, document)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.json: can't be read: No such file"):
        load_config(tmp_path / "nothing.json", {})


def test_settings_without_an_environment() -> None:
    settings = Settings.from_environ({})
    assert settings.config_path == Path("multi_session_config.json")
    assert settings.database_url == "sqlite:///store/sendfix.db"
    assert settings.engine_socket == Path("store/engine.sock")
    assert (settings.host, settings.port) == ("127.0.0.1", 5001)
    assert settings.cors_origins == ()
    assert settings.redact_tags == ()
    assert settings.max_body_bytes == 1024 * 1024


def test_settings_from_the_environment() -> None:
    settings = Settings.from_environ(
        {
            "SENDFIX_STORE_DIR": "/var/lib/sendfix",
            "SENDFIX_PORT": "0",
            "SENDFIX_LOG_LEVEL": "debug",
            "SENDFIX_LOG_FORMAT": "JSON",
            "SENDFIX_REDACT_TAGS": "1, 58,",
            "SENDFIX_CORS_ORIGINS": "https://a.example, http://b.example:8080/",
            "SENDFIX_MAX_BODY_BYTES": "4096",
        }
    )
    assert settings.engine_socket == Path("/var/lib/sendfix/engine.sock")
    assert settings.database_url == "sqlite:////var/lib/sendfix/sendfix.db"
    assert settings.port == 0
    assert settings.log_level == "DEBUG"
    assert settings.log_format == "json"
    assert settings.redact_tags == (1, 58)
    assert settings.cors_origins == ("https://a.example", "http://b.example:8080")
    assert settings.max_body_bytes == 4096


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SENDFIX_PORT", "http"),
        ("SENDFIX_PORT", "70000"),
        ("SENDFIX_MAX_BODY_BYTES", "12"),
        ("SENDFIX_LOG_LEVEL", "LOUD"),
        ("SENDFIX_LOG_FORMAT", "xml"),
        ("SENDFIX_REDACT_TAGS", "Text"),
        ("SENDFIX_REDACT_TAGS", "0"),
        ("SENDFIX_REDACT_TAGS", "1,35"),
        ("SENDFIX_REDACT_TAGS", "355"),
        ("SENDFIX_CORS_ORIGINS", "example.com"),
    ],
)
def test_a_bad_setting_names_its_variable(key: str, value: str) -> None:
    with pytest.raises(ConfigError, match=key):
        Settings.from_environ({key: value})


def test_secrets_of_a_logon_come_from_files_and_the_environment_and_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-a-file\n")
    session = {**SESSION, "password_file": "secret", "logon_fields": {"9001": "${TOKEN}", "96": "x"}}
    (read,) = load(tmp_path, {"sessions": [session]}, {"TOKEN": "hidden"}).sessions
    assert read.password == "from-a-file"
    assert read.logon_fields == ((9001, "hidden"), (96, "x"))
    assert not any(secret in repr(read) for secret in ("from-a-file", "hidden"))


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"password_file": "none"}, "password_file: .*none can't be read: No such file or directory"),
        ({"password_file": "sessions.json"}, "password_file: .*must have the password in its one line"),
        ({"password": "x", "password_file": "y"}, "password_file: and password are both given"),
        ({"logon_fields": []}, "logon_fields: must be an object"),
        ({"logon_fields": {"x": "1"}}, "logon_fields: has 'x'; give tags"),
        ({"logon_fields": {"0": "1"}}, "logon_fields: has '0'; give tags"),
        ({"logon_fields": {"34": "1"}}, "logon_fields: has 34, which the engine puts in by itself"),
        ({"logon_fields": {"554": "1"}}, "logon_fields: has 554, which has a key of its own: password"),
        ({"logon_fields": {"9001": "a\x01b"}}, "logon_fields: has a control character"),
        ({"logon_fields": {"9001": 5}}, "logon_fields: is no text; give a text in quotes"),
        ({"validate_incoming": "loose"}, "validate_incoming: is 'loose'; give strict or lenient"),
        ({"reconnection": {"jitter": 1}}, "jitter: is 1; give a number from 0 to 0.9"),
        (
            {"reconnection": {"initial_delay": 9, "max_refused_delay": 5}},
            "max_refused_delay: is 5, below initial",
        ),
    ],
)
def test_what_is_wrong_with_a_logon_or_its_repetition(
    tmp_path: Path, keys: dict[str, Any], problem: str
) -> None:
    document = json.dumps({"sessions": [{**SESSION, **keys}]}, indent=1)
    with pytest.raises(ConfigError, match=problem):
        load(tmp_path, document)
