"""The limits by session, account and user, in a small file of the store, whose owner is the desk."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from pathlib import Path

from sendfix.config.limits import rule_to_json, rules_of
from sendfix.services.limits import LimitsDocument
from sendfix.storage.small_file import write_json

log = logging.getLogger(__name__)


class RiskLimitsFile:
    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> LimitsDocument:
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
            version, reason = document["version"], document["reason"]
            if not isinstance(document["rules"], list) or not isinstance(reason, str):
                raise ValueError("rules must be a list, and reason a text")
            if type(version) is not int or version < 0:
                raise ValueError("version must be a whole number")
            rules, errors = rules_of(document["rules"])
            if errors:
                raise ValueError(str(errors[0]))
            changed_at = datetime.fromisoformat(document["changed_at"])
            if changed_at.tzinfo is None:
                raise ValueError("changed_at must have a zone")
            return LimitsDocument(version, tuple(rules), changed_at, reason)
        except FileNotFoundError:
            return LimitsDocument()
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            # Who can't tell what the limits are must not let anything through.
            log.error("%s can't be read, so that no order is sent: %r", self._path, error)
            why = f"{self._path.name} in the store can't be read, so that nothing is known of the limits"
            return LimitsDocument(problem=f"{why}: set them again")

    def save(self, document: LimitsDocument) -> None:
        write_json(
            self._path,
            {
                "version": document.version,
                "changed_at": None if document.changed_at is None else document.changed_at.isoformat(),
                "reason": document.reason,
                "rules": [rule_to_json(rule) for rule in document.rules],
            },
        )
