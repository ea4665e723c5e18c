"""Can a counterparty be reached, and if not, why: asked before QuickFIX is let loose.

QuickFIX says nothing about a refused connection, hangs on a name it can't resolve, and uses up a sequence number for
each attempt that fails. So the address is looked up and connected to first, and the connection closed again.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime

from sendfix.config import Endpoint, Tls
from sendfix.domain.enums import EndKind
from sendfix.link.network import (
    BadFileError,
    NoAddress,
    connect,
    look_up,
    own_expiry,
    shake_hands,
    tls_context,
)


@dataclass(frozen=True, slots=True)
class Reached:
    """The IPv4 address that answered (QuickFIX knows no other), and until when their certificate is good, if it was
    checked, and ours, if we have one."""

    address: str
    expires_at: datetime | None = None
    own_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotReached:
    """`reason` is a sentence without a full stop."""

    reason: str
    kind: EndKind = EndKind.UNREACHABLE


def reach(endpoint: Endpoint, tls: Tls | None, timeout: float) -> Reached | NotReached:
    """Look up, connect, shake hands when TLS is asked for, and hang up."""
    where = f"{endpoint.server_ip}:{endpoint.port}"
    try:
        context = None if tls is None else tls_context(tls, endpoint.server_ip)
        own_expires_at = None if tls is None else own_expiry(tls)
        address, connection = connect(look_up(endpoint), endpoint.port, timeout)
        with connection:
            if tls is None or context is None:
                return Reached(address)
            shaken = shake_hands(connection, endpoint, tls, context)
            return Reached(address, shaken.expires_at, own_expires_at)
    except BadFileError as error:
        return NotReached(str(error), EndKind.TLS)
    except NoAddress as error:
        return NotReached(f"The name {endpoint.server_ip} can't be resolved to an IPv4 address ({error})")
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
