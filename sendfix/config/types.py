"""What a session of the configuration is, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sendfix.domain.limits import Limits
from sendfix.domain.schedule import Schedule

FIX_VERSIONS = ("FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a counterparty listens."""

    server_ip: str
    port: int


@dataclass(frozen=True, slots=True)
class Tls:
    """TLS to the counterparty; `verify` false accepts any certificate."""

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    server_name: str | None = None
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Reconnection:
    """Seconds between attempts: `initial_delay`, then times `backoff_factor` each time, up to `max_delay`; after a
    refused Logon at least twice as long each time, up to `max_refused_delay`. Each is more or less by up to the part
    `jitter` of itself. `max_attempts` None: for ever."""

    initial_delay: float = 5.0
    max_delay: float = 60.0
    backoff_factor: float = 2.0
    max_refused_delay: float = 900.0
    jitter: float = 0.1
    max_attempts: int | None = None


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """No new order after `max_rejects` rejected ones within `seconds`, until a person lets go."""

    max_rejects: int
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class MarketDataConfig:
    """What is subscribed to after each logon; `depth` 0 is the whole book."""

    symbols: tuple[str, ...]
    depth: int = 10


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """One FIX session. `heartbeat_interval` is in seconds, `logon_fields` are further (tag, value) of the Logon(A). No
    secret appears in the repr."""

    name: str
    server_ip: str
    port: int
    fix_version: str
    sender_comp_id: str
    target_comp_id: str
    heartbeat_interval: int = 30
    enabled: bool = True
    auto_connect: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    logon_fields: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    account: str | None = None
    data_dictionary: Path | None = None
    alternates: tuple[Endpoint, ...] = ()
    tls: Tls | None = None
    reset_on_logon: bool = False
    reconnection: Reconnection = Reconnection()
    schedule: Schedule | None = None
    limits: Limits = field(default_factory=Limits)
    circuit_breaker: CircuitBreaker | None = None
    validate_incoming: str = "lenient"
    market_data: MarketDataConfig | None = None
    market_data_log: bool = False
    mass_cancel: bool = False

    @property
    def identity(self) -> tuple[str, str, str]:
        """BeginString(8), SenderCompID(49), TargetCompID(56)."""
        return (self.fix_version, self.sender_comp_id, self.target_comp_id)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The address and its alternates, in the order in which they are tried."""
        return (Endpoint(self.server_ip, self.port), *self.alternates)


@dataclass(frozen=True, slots=True)
class Config:
    """The file, read and checked. `sessions` are in the file's order, disabled ones too; `version` tells one text of
    the file from another; `log_level` is in place of SENDFIX_LOG_LEVEL."""

    sessions: tuple[SessionConfig, ...]
    log_level: str | None = None
    version: str = ""
