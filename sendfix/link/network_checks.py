"""The part of a diagnosis that asks the network: name, connection, TLS, our own certificate."""

from __future__ import annotations

import socket
import ssl
import time
from datetime import UTC, datetime

from sendfix.config import Endpoint, Tls
from sendfix.link.checks import Check, CheckName, Verdict
from sendfix.link.network import (
    BadFileError,
    NoAddress,
    connect,
    look_up,
    name_is_checked,
    own_expiry,
    shake_hands,
    tls_context,
)

NETWORK_SECONDS = 5.0
WARN_DAYS = 30


def ask_network(endpoint: Endpoint, tls: Tls | None) -> list[Check]:
    """Look the name up, connect, and shake hands."""
    where = f"{endpoint.server_ip}:{endpoint.port}"
    try:
        addresses = look_up(endpoint)
    except NoAddress as error:
        return [
            Check(
                CheckName.NAME_LOOKUP,
                Verdict.FAIL,
                f"{endpoint.server_ip} has no IPv4 address: {error}",
                "Correct server_ip, or the name server.",
            ),
            Check(CheckName.TCP, Verdict.SKIPPED, "there is no address"),
        ]
    checks = [Check(CheckName.NAME_LOOKUP, Verdict.OK, f"{endpoint.server_ip} is {', '.join(addresses)}")]
    started = time.monotonic()
    try:
        address, connection = connect(addresses, endpoint.port, NETWORK_SECONDS)
    except OSError as error:
        why = "not answered" if isinstance(error, TimeoutError) else error.strerror or str(error)
        action = (
            "Nothing listens there: check the port, and whether they are open."
            if isinstance(error, ConnectionRefusedError)
            else "A firewall, a VPN that is down, or a wrong address: let the network people look from this machine."
        )
        return [*checks, Check(CheckName.TCP, Verdict.FAIL, f"{where}: {why}", action)]
    with connection:
        taken = (time.monotonic() - started) * 1000
        checks.append(
            Check(CheckName.TCP, Verdict.OK, f"{address}:{endpoint.port} answered in {taken:.1f} ms")
        )
        if tls is not None:
            checks.append(_handshake(connection, endpoint, tls))
    return checks


def own_certificate(tls: Tls, now: datetime) -> Check | None:
    """None when we have none."""
    try:
        expires = own_expiry(tls)
    except BadFileError as error:
        return Check(
            CheckName.OWN_CERTIFICATE, Verdict.FAIL, str(error), "Correct cert_file of the session's tls."
        )
    if expires is None:
        return None
    if expires <= now:
        text = f"{tls.cert_file} has expired on {expires:%Y-%m-%d %H:%M} UTC"
        return Check(
            CheckName.OWN_CERTIFICATE, Verdict.FAIL, text, "Put a new one in its place; Connect takes it."
        )
    days = (expires - now).days
    text = f"{tls.cert_file} is good until {expires:%Y-%m-%d}, {days} days"
    if days <= WARN_DAYS:
        return Check(
            CheckName.OWN_CERTIFICATE, Verdict.WARN, text, "Order a new one, and tell them its name."
        )
    return Check(CheckName.OWN_CERTIFICATE, Verdict.OK, text)


def _handshake(connection: socket.socket, endpoint: Endpoint, tls: Tls) -> Check:
    try:
        shaken = shake_hands(connection, endpoint, tls, tls_context(tls, endpoint.server_ip))
    except BadFileError as error:
        return Check(CheckName.TLS, Verdict.FAIL, str(error), "Correct the files of the session's tls.")
    except ssl.SSLCertVerificationError as error:
        return Check(
            CheckName.TLS,
            Verdict.FAIL,
            f"their certificate is not accepted: {error.verify_message}",
            "Ask them for their authority's certificate (ca_file) and the name in it (server_name). Do not switch"
            " verify off.",
        )
    except (ssl.SSLError, OSError) as error:
        return Check(
            CheckName.TLS,
            Verdict.FAIL,
            f"the handshake failed: {error}",
            "Do they speak TLS on this port, and want a client certificate?",
        )
    expires = shaken.expires_at
    if expires is None:
        return Check(
            CheckName.TLS,
            Verdict.WARN,
            f"{shaken.version}; their certificate is not checked",
            "Set verify to true.",
        )
    days = (expires - datetime.now(UTC)).days
    text = f"{shaken.version}; their certificate is good until {expires:%Y-%m-%d}, {days} days"
    if days <= WARN_DAYS:
        return Check(CheckName.TLS, Verdict.WARN, text, "Ask them for the date of the new one.")
    if not name_is_checked(tls, endpoint.server_ip):
        return Check(
            CheckName.TLS,
            Verdict.WARN,
            f"{text}; its name is not checked",
            "Set server_name to the name in it.",
        )
    return Check(CheckName.TLS, Verdict.OK, text)
