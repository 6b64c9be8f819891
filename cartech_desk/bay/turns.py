"""Turns of the limits while something longer, such as a check-up, has the wire."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cartech_desk.bay.connection import Connection
from cartech_desk.bay.poller import Poller


@contextmanager
def turns(
    poller: Poller, connection: Connection, note_ignition: Callable[[], None]
) -> Iterator[None]:
    """Let something take the wire: ahead of each of its requests what limits watch is asked."""

    def between() -> None:
        poller.turn()
        if poller.limits_asked is not connection.limits_asked:
            connection.note(limits_asked=poller.limits_asked)
        note_ignition()

    poller.rest()
    connection.note(polling_rests=True, limits_asked=poller.limits_asked)
    poller.wire.between = between
    try:
        yield
    finally:
        poller.wire.between = None
        poller.resume()
        connection.note(step="", polling_rests=False, limits_asked=False)
