"""The folder that QuickFIX keeps for one session: its FileStore, and the data dictionary made for it."""

from __future__ import annotations

from pathlib import Path

from sendfix.config import SessionConfig
from sendfix.domain.schedule import Hours
from sendfix.link.lenient_dictionary import lenient_dictionary, shipped_dictionary


class QuickFixStore:
    """Private to the user, since the store has every message as it was sent, passwords too."""

    def __init__(self, folder: Path, config: SessionConfig) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._config = config

    def write_dictionary(self) -> Path:
        """Made anew for each connection from QuickFIX's own dictionary or the configured one. Raises
        `DictionaryError` and OSError."""
        source = self._config.data_dictionary or shipped_dictionary(self._config.fix_version)
        target = self.folder / "dictionary.xml"
        target.write_bytes(lenient_dictionary(source))
        return target

    def must_reset(self, session: Hours) -> bool:
        """Whether no Logon has been answered yet in this session of the schedule."""
        try:
            return self._last_session.read_text() != session.open_at.isoformat()
        except OSError:
            return True

    def logged_on_in(self, session: Hours) -> None:
        """Raises OSError."""
        self._last_session.write_text(session.open_at.isoformat())

    @property
    def _last_session(self) -> Path:
        return self.folder / "last-session"

    def seq_nums(self) -> tuple[int, int]:
        """Next sender and next target number while no connection has the store open; 1 and 1 before the first."""
        config = self._config
        name = f"{config.fix_version}-{config.sender_comp_id}-{config.target_comp_id}.seqnums"
        try:
            sender, target = (int(number) for number in (self.folder / name).read_text().split(":"))
        except (OSError, ValueError):
            return 1, 1
        return sender, target
