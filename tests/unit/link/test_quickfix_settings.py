from __future__ import annotations

from pathlib import Path

import pytest

from sendfix.config import SessionConfig, Tls
from sendfix.link.quickfix_settings import connection_settings, session_settings


def test_a_session() -> None:
    config = SessionConfig("A", "fix.example.com", 1, "FIX.4.4", "ME", "YOU", 20)
    settings = session_settings(config, "10.0.0.1", 15001, "store/quickfix/A", "d.xml", reset=True)
    assert settings["SocketConnectHost"] == "10.0.0.1"
    assert settings["SocketConnectPort"] == "15001"
    assert settings["HeartBtInt"] == "20"
    assert settings["ResetOnLogon"] == "Y"
    assert settings["FileStorePath"] == "store/quickfix/A"
    assert settings["DataDictionary"] == "d.xml"
    assert settings["NonStopSession"] == "Y"


@pytest.mark.parametrize(("validate_incoming", "checked"), [("lenient", "N"), ("strict", "Y")])
def test_what_comes_in_is_validated_as_the_session_wants(validate_incoming: str, checked: str) -> None:
    config = SessionConfig("A", "x", 1, "FIX.4.4", "ME", "YOU", validate_incoming=validate_incoming)
    settings = session_settings(config, "x", 1, "s", "d", reset=False)
    keys = ("ValidateUserDefinedFields", "ValidateFieldsOutOfOrder", "ValidateFieldsHaveValues")
    assert [settings[key] for key in keys] == [checked] * 3
    assert settings["AllowUnknownMsgFields"] != checked


def test_without_tls_nothing_of_it_is_set() -> None:
    assert connection_settings(None) == {"SocketNodelay": "Y", "ReconnectInterval": "86400"}


def test_tls_with_files() -> None:
    tls = Tls(ca_file=Path("ca.pem"), cert_file=Path("me.pem"), key_file=Path("me.key"))
    settings = connection_settings(tls)
    assert settings["CertificationAuthoritiesFile"] == "ca.pem"
    assert settings["ClientCertificateFile"] == "me.pem"
    assert settings["ClientCertificateKeyFile"] == "me.key"
    assert "CertificationAuthoritiesDirectory" not in settings


def test_without_verification_quickfix_gets_no_authorities_which_is_how_it_checks_nothing() -> None:
    settings = connection_settings(Tls(ca_file=Path("ca.pem"), verify=False))
    assert [key for key in settings if "Authorities" in key] == []


def test_every_setting_is_in_the_guide() -> None:
    guide = (Path(__file__).resolve().parents[3] / "docs" / "engine.md").read_text()
    config = SessionConfig("A", "x", 1, "FIX.4.4", "ME", "YOU")
    tls = Tls(cert_file=Path("me.pem"), key_file=Path("me.key"))
    settings = {**session_settings(config, "x", 1, "s", "d", reset=False), **connection_settings(tls)}
    settings.pop("ConnectionType")
    assert [key for key in settings if f"`{key}`" not in guide] == []
