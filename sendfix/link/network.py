"""The steps to a counterparty before the first FIX message: look the name up, connect, shake hands for TLS.

Each raises when it fails; `reach` and the diagnosis have their own words for that.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from sendfix.config import Endpoint, Tls
from sendfix.link.authorities import of_system


class NoAddress(Exception):
    """The name has no IPv4 address; the text says why."""


class BadFileError(Exception):
    """A file of the session's tls settings can't be used; the text is a sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """`expires_at` is of their certificate, None when it is not checked."""

    version: str
    expires_at: datetime | None


def look_up(endpoint: Endpoint) -> list[str]:
    """Its IPv4 addresses, which are all that QuickFIX knows, in the order of the resolver. Raises `NoAddress`."""
    try:
        found = socket.getaddrinfo(endpoint.server_ip, endpoint.port, socket.AF_INET, socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NoAddress(error.strerror) from error
    except UnicodeError as error:
        raise NoAddress(str(error)) from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def connect(addresses: list[str], port: int, timeout: float) -> tuple[str, socket.socket]:
    """The first of them that answers. Raises the OSError of the last one."""
    for number, address in enumerate(addresses, 1):
        try:
            return address, socket.create_connection((address, port), timeout)
        except OSError:
            if number == len(addresses):
                raise
    raise NoAddress("there is none")


def shake_hands(
    connection: socket.socket, endpoint: Endpoint, tls: Tls, context: ssl.SSLContext
) -> Handshake:
    """`context` is `tls_context`'s. Raises ssl.SSLError and OSError."""
    with context.wrap_socket(connection, server_hostname=tls.server_name or endpoint.server_ip) as secured:
        certificate = secured.getpeercert()
        expires_at = None
        if certificate:
            seconds = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
            expires_at = datetime.fromtimestamp(seconds, UTC)
        return Handshake(secured.version() or "TLS", expires_at)


def tls_context(tls: Tls, host: str) -> ssl.SSLContext:
    """For a connection to `host`. Raises `BadFileError`."""
    for path in (tls.ca_file, tls.cert_file, tls.key_file):
        try:
            if path is not None:
                path.read_bytes()
        except OSError as error:
            raise BadFileError(f"The TLS file {path} can't be read: {error.strerror}") from error
    try:
        if tls.ca_file is not None:
            context = ssl.create_default_context(cafile=tls.ca_file)
        else:
            system = of_system()
            context = ssl.create_default_context(cafile=system.file, capath=system.folder)
        if tls.cert_file is not None:
            context.load_cert_chain(tls.cert_file, tls.key_file)
    except ssl.SSLError as error:
        raise BadFileError(f"The TLS files of the session can't be used: {error.reason or error}") from error
    context.check_hostname = name_is_checked(tls, host)
    if not tls.verify:
        context.verify_mode = ssl.CERT_NONE
    return context


def name_is_checked(tls: Tls, host: str) -> bool:
    """Whether their certificate must have the name that is expected: `server_name`, else the host's, if that is one.
    Counterparties that are known by an address seldom have it in their certificate."""
    return tls.verify and (tls.server_name is not None or not _is_address(host))


def own_expiry(tls: Tls) -> datetime | None:
    """Until when our own certificate is good; None when there is none. Raises `BadFileError`."""
    if tls.cert_file is None:
        return None
    try:
        return x509.load_pem_x509_certificate(tls.cert_file.read_bytes()).not_valid_after_utc
    except OSError as error:
        raise BadFileError(f"The TLS file {tls.cert_file} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise BadFileError(f"The TLS file {tls.cert_file} holds no certificate that can be read") from error


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
