"""The shop's link definitions, kept with a trace: who kept or removed which text."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from cartech_desk.bay.dyno_beside import require_person
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.dyno.link_definition import LinkDefinition
from cartech_desk.domain.people import Actor
from cartech_desk.hardware.dyno.definition_files import DefinitionFiles, text_of
from cartech_desk.store.store import Store

SET = "link.set"
REMOVE = "link.remove"


class LinkFiles(DefinitionFiles):
    """The definitions in a folder; `by` tells who acts.

    Errors of acts: also those of the log, and NotSignedIn once a shop is founded.
    """

    def __init__(self, folder: Path, store: Store, by: Callable[[], Actor]) -> None:
        super().__init__(folder)
        self._store = store
        self._by = by

    def save(self, key: str, definition: LinkDefinition) -> Path:
        """Keep one, in the place of the one before; recorded with what proves both texts."""
        path = self._path(key)
        sha256 = hashlib.sha256(text_of(definition).encode()).hexdigest()
        before = {"sha256": self.sha256(key)} if path.is_file() else None
        after = {"file": str(path.absolute()), "sha256": sha256}
        with self._recorded(Entry(SET, Entity("link", key, definition.name), before, after)):
            return super().save(key, definition)

    def remove(self, key: str) -> None:
        """Forget one; recorded with what proves its text."""
        before = {"file": str(self._path(key).absolute()), "sha256": self.sha256(key)}
        with self._recorded(Entry(REMOVE, Entity("link", key), before)):
            super().remove(key)

    def _recorded(self, entry: Entry) -> "_Recorded":
        by = self._by()
        require_person(self._store, by)
        return _Recorded(self._store, by, entry)


class _Recorded:
    """The intent of an act before it, its result behind it."""

    def __init__(self, store: Store, by: Actor, entry: Entry) -> None:
        self._store = store
        self._by = by
        self._entry = entry
        self._intent = 0

    def __enter__(self) -> None:
        self._intent = self._store.audit.intent(self._by, self._entry)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        told = "" if error is None else getattr(error, "message", type(error).__name__)
        self._store.audit.result(self._intent, done=error is None, reason=told)
