"""Can a counterparty be reached, and if not, why: asked before QuickFIX is let loose.

QuickFIX says nothing about a refused connection, hangs on a name it can't resolve, and uses up a sequence number for
each attempt that fails. So the address is looked up and connected to first, and the connection closed again.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from sendfix.config import Endpoint, Tls
from sendfix.domain.enums import EndKind


@dataclass(frozen=True, slots=True)
class Reached:
    """The IPv4 address that answered (QuickFIX knows no other), and until when its certificate is good, if it was
    checked."""

    address: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotReached:
    """`reason` is a sentence without a full stop."""

    reason: str
    kind: EndKind = EndKind.UNREACHABLE


def reach(endpoint: Endpoint, tls: Tls | None, timeout: float) -> Reached | NotReached:
    """Look up, connect, shake hands when TLS is asked for, and hang up."""
    where = f"{endpoint.server_ip}:{endpoint.port}"
    try:
        context = None if tls is None else tls_context(tls)
    except BadFileError as error:
        return NotReached(str(error), EndKind.TLS)
    try:
        found = socket.getaddrinfo(endpoint.server_ip, endpoint.port, socket.AF_INET, socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        text = error.strerror if isinstance(error, socket.gaierror) else str(error)
        return NotReached(f"The name {endpoint.server_ip} can't be resolved to an IPv4 address ({text})")
    address = str(found[0][4][0])
    expires_at = None
    try:
        with socket.create_connection((address, endpoint.port), timeout) as connection:
            if tls is not None and context is not None:
                name = tls.server_name or endpoint.server_ip
                with context.wrap_socket(connection, server_hostname=name) as secured:
                    expires_at = expiry_of(secured)
    except ConnectionRefusedError:
        return NotReached(f"The connection to {where} was refused: nothing listens there")
    except TimeoutError:
        return NotReached(f"The connection to {where} was not answered in {timeout:g} s")
    except ssl.SSLCertVerificationError as error:
        text = f"The TLS certificate of {where} is not accepted: {error.verify_message}"
        return NotReached(text, EndKind.TLS)
    except ssl.SSLError as error:
        return NotReached(f"The TLS handshake with {where} failed: {error.reason or error}", EndKind.TLS)
    except OSError as error:
        return NotReached(f"The connection to {where} failed: {error.strerror or error}")
    return Reached(address, expires_at)


def expiry_of(secured: ssl.SSLSocket) -> datetime | None:
    """Until when their certificate is good; None when it is not checked."""
    certificate = secured.getpeercert()
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


class BadFileError(Exception):
    """A file of the session's tls settings can't be used."""


def tls_context(tls: Tls) -> ssl.SSLContext:
    """Raises `BadFileError`."""
    for path in (tls.ca_file, tls.cert_file, tls.key_file):
        try:
            if path is not None:
                path.read_bytes()
        except OSError as error:
            raise BadFileError(f"The TLS file {path} can't be read: {error.strerror}") from error
    try:
        context = ssl.create_default_context(cafile=tls.ca_file)
        if tls.cert_file is not None:
            context.load_cert_chain(tls.cert_file, tls.key_file)
    except ssl.SSLError as error:
        raise BadFileError(f"The TLS files of the session can't be used: {error.reason or error}") from error
    context.check_hostname = tls.verify and tls.server_name is not None
    if not tls.verify:
        context.verify_mode = ssl.CERT_NONE
    return context
