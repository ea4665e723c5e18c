"""The folder that QuickFIX keeps for one session: its FileStore, and the data dictionary made for it."""

from __future__ import annotations

from pathlib import Path

from sendfix.config import SessionConfig
from sendfix.domain.schedule import Hours
from sendfix.link.lenient_dictionary import lenient_dictionary, shipped_dictionary

MOST_MESSAGES = 1_000


class QuickFixStore:
    """Private to the user, since the store has every message as it was sent, passwords too. `config` is changed while
    no connection has the store open."""

    def __init__(self, folder: Path, config: SessionConfig) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.config = config

    def write_dictionary(self) -> Path:
        """Made anew for each connection from QuickFIX's own dictionary or the configured one: a lenient one, unless
        what comes in is validated strictly. Raises `DictionaryError` and OSError."""
        source = self.config.data_dictionary or shipped_dictionary(self.config.fix_version)
        target = self.folder / "dictionary.xml"
        lenient = lenient_dictionary(source)  # also a check of the file
        target.write_bytes(source.read_bytes() if self.config.validate_incoming == "strict" else lenient)
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

    def set_seq_nums(self, sender: int, target: int) -> None:
        """While no connection has the store open. Raises OSError."""
        path = self._file("seqnums")
        fresh = path.with_suffix(".new")
        fresh.write_text(f"{sender:020d} : {target:020d}")
        fresh.replace(path)

    def forget(self) -> None:
        """Both numbers begin at 1 and nothing that was sent is kept. While no connection has the store open. Raises
        OSError."""
        # The numbers first: without its messages a number is only filled by a gap fill.
        self.set_seq_nums(1, 1)
        for suffix in ("header", "body", "session"):
            self._file(suffix).unlink(missing_ok=True)

    def messages(self, begin: int, end: int) -> list[tuple[int, bytes]]:
        """What was sent under the numbers `begin` to `end` and could be sent again, in order, at most `MOST_MESSAGES`.
        Raises OSError."""
        try:
            index = self._file("header").read_text().split()
            with self._file("body").open("rb") as body:
                places: dict[int, tuple[int, int]] = {}
                for item in index:
                    number, offset, size = (int(part) for part in item.split(","))
                    if begin <= number <= end:
                        places[number] = (offset, size)
                found = []
                for number in sorted(places)[:MOST_MESSAGES]:
                    offset, size = places[number]
                    body.seek(offset)
                    found.append((number, body.read(size)))
                return found
        except FileNotFoundError:
            return []

    def _file(self, suffix: str) -> Path:
        config = self.config
        return self.folder / f"{config.fix_version}-{config.sender_comp_id}-{config.target_comp_id}.{suffix}"

    def seq_nums(self) -> tuple[int, int]:
        """Next sender and next target number while no connection has the store open; 1 and 1 before the first."""
        try:
            sender, target = (int(number) for number in self._file("seqnums").read_text().split(":"))
        except (OSError, ValueError):
            return 1, 1
        return sender, target
