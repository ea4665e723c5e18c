"""What the hub does to a session's journal on behalf of its desks; whatever is wrong with one, the others go on."""

from __future__ import annotations

import logging

from sendfix.link.journal import Journal

log = logging.getLogger("sendfix.engine")


def prune(name: str, journal: Journal, up_to: int, older_than_ns: int) -> None:
    """Delete what every desk has stored (`up_to`) and nothing was added to since `older_than_ns`."""
    try:
        if count := journal.prune(up_to, older_than_ns):
            log.info("session %s: %d old segments of its journal deleted", name, count)
    except OSError as error:
        log.error("session %s: old segments of its journal can't be deleted: %s", name, error)


def within(name: str, journal: Journal, index: int) -> int:
    """Where to go on behind `index`, which a desk has stored. It may be above all that the journal has, when files have
    been lost or put back from a backup; new entries must not get indexes that the desk has seen."""
    if index <= journal.last_index:
        return index
    try:
        left_out = journal.skip_to(index)
    except (OSError, ValueError) as error:
        log.error("session %s: a desk has stored it up to index %d: %s", name, index, error)
        return journal.last_index
    log.error("session %s: the journal's end is lost; it goes on %d indexes further on", name, left_out)
    return index
