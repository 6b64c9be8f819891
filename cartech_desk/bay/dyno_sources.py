"""The sources on the bench: each under an alias of its own, taken on and let go of."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial

from cartech_desk.bay.awaited import within
from cartech_desk.bay.dyno_errors import DynoRefused
from cartech_desk.bay.dyno_status import SourceStatus
from cartech_desk.bay.dyno_wire import SourceOwner
from cartech_desk.bay.feed import Feed
from cartech_desk.hardware.dyno.source import DynoSource, Kind, SourceState

LET_GO_S = 0.8
"""How long letting go waits for a wire; its thread ends by itself later."""


class Sources:
    """The sources of one bench. May be used by any thread; never waits for a wire."""

    def __init__(
        self,
        feed: Feed,
        *,
        make: Callable[[str, str], DynoSource],
        kind_of: Callable[[str], Kind],
    ) -> None:
        self._feed = feed
        self._make = make
        self._kind_of = kind_of
        self._lock = threading.Lock()
        self._owners: dict[str, SourceOwner] = {}

    @property
    def owners(self) -> tuple[SourceOwner, ...]:
        """Who owns them, in the order in which they were taken on."""
        return tuple(self._owners.values())

    def statuses(self) -> tuple[SourceStatus, ...]:
        """Return how each is doing."""
        return tuple(owner.status() for owner in self.owners)

    def connected(self) -> tuple[SourceOwner, ...]:
        """Return those from which readings come."""
        return tuple(one for one in self.owners if one.state is SourceState.CONNECTED)

    def connect(self, url: str) -> Future[SourceStatus]:
        """Take a source on. Errors at once: BadSourceUrl; DynoRefused where it is on already."""
        kind = self._kind_of(url)
        with self._lock:
            if any(owner.url == url for owner in self._owners.values()):
                raise DynoRefused(
                    f"{url} is on the bench already.",
                    kept="It stays there.",
                    to_do="Let go of it first to connect it anew.",
                )
            alias = _free(kind.value, self._owners)
            make = partial(self._make, url, alias)
            owner = SourceOwner(make, url, alias, make(), self._feed)
            self._owners = {**self._owners, alias: owner}
            return owner.start()

    def disconnect(self, alias: str) -> Future[None]:
        """Let one go; nothing where there is none of this alias."""
        with self._lock:
            owner = self._owners.get(alias)
            self._owners = {name: one for name, one in self._owners.items() if name != alias}
        if owner is None:
            gone: Future[None] = Future()
            gone.set_result(None)
            return gone
        return within(owner.end(), LET_GO_S)

    def close(self, until: float) -> bool:
        """Let all go by `until` (`time.monotonic`); False where one did not in time."""
        with self._lock:
            owners, self._owners = tuple(self._owners.values()), {}
        for owner in owners:
            owner.end()
        gone = [owner.join(max(0.0, until - time.monotonic())) for owner in owners]
        return all(gone)


def _free(kind: str, taken: Iterable[str]) -> str:
    """Return the first free alias of a kind: dyno, dyno2, dyno3, …."""
    names = frozenset(taken)
    number = 1
    while (name := kind if number == 1 else f"{kind}{number}") in names:
        number += 1
    return name
