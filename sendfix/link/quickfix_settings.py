"""The settings that QuickFIX gets for one connection, made from a `SessionConfig`. See docs/engine.md."""

from __future__ import annotations

from pathlib import Path

from sendfix.config import SessionConfig, Tls
from sendfix.link.authorities import of_system

LOGON_TIMEOUT_SECONDS = 10
LOGOUT_TIMEOUT_SECONDS = 2


def session_settings(
    config: SessionConfig, address: str, port: int, store: str, dictionary: str, reset: bool
) -> dict[str, str]:
    """Settings of the session itself. `address` is an IPv4 address that has just answered; `reset`: both sequence
    numbers begin at 1 with the Logon(A)."""
    strict = "Y" if config.validate_incoming == "strict" else "N"
    return {
        "ConnectionType": "initiator",
        "SocketConnectHost": address,
        "SocketConnectPort": str(port),
        "HeartBtInt": str(config.heartbeat_interval),
        "FileStorePath": store,
        "NonStopSession": "Y",
        "ResetOnLogon": "Y" if reset else "N",
        "LogonTimeout": str(LOGON_TIMEOUT_SECONDS),
        "LogoutTimeout": str(LOGOUT_TIMEOUT_SECONDS),
        # A message the counterparty means must reach the journal and be counted, whatever its tags.
        "UseDataDictionary": "Y",
        "DataDictionary": dictionary,
        "ValidateUserDefinedFields": strict,
        "ValidateFieldsOutOfOrder": strict,
        "ValidateFieldsHaveValues": strict,
        "AllowUnknownMsgFields": "N" if config.validate_incoming == "strict" else "Y",
    }


def connection_settings(tls: Tls | None) -> dict[str, str]:
    """Settings that QuickFIX reads from the defaults only."""
    settings = {
        "SocketNodelay": "Y",
        # The client decides when to connect again; within one connection QuickFIX must not.
        "ReconnectInterval": "86400",
    }
    if tls is not None:
        settings |= _tls_settings(tls)
    return settings


def _tls_settings(tls: Tls) -> dict[str, str]:
    """QuickFIX checks the counterparty's certificate exactly when it is given authorities."""
    system = of_system()
    authorities: dict[str, str | Path | None] = {}
    if tls.verify and tls.ca_file is not None:
        authorities = {"CertificationAuthoritiesFile": tls.ca_file}
    elif tls.verify:
        authorities = {
            "CertificationAuthoritiesFile": system.file,
            "CertificationAuthoritiesDirectory": system.folder,
        }
    own = {"ClientCertificateFile": tls.cert_file, "ClientCertificateKeyFile": tls.key_file}
    given = {key: str(path) for key, path in {**authorities, **own}.items() if path is not None}
    return {"SSLProtocol": "+TLSv1_2 +TLSv1_3", **given}
