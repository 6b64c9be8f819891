"""The wire as its owner's thread uses it: paced, and noted."""

import time
from collections.abc import Callable

from cartech_desk.bay.connection import Connection
from cartech_desk.bay.pace import Pace
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.hardware.adapter import Adapter, AdapterIdentity, CarLink, Reply, Request


class Wire:
    """An adapter in use. Every call notes when the adapter was called and when it came back.

    Errors: as the adapter's.
    """

    def __init__(self, adapter: Adapter, pace: Pace, connection: Connection) -> None:
        self.adapter = adapter
        self.pace = pace
        self._connection = connection
        self.between: Callable[[], None] | None = None
        """Run ahead of each request of a longer question, by `ask`: others have their turn then."""

    def open(self) -> AdapterIdentity:
        """Open the wire and find out what the adapter is."""
        return self.adapter.open()

    def connect_car(self) -> CarLink:
        """Find the car behind the adapter."""
        return self.adapter.connect_car()

    def call_car(self) -> CarLink:
        """Look again for a car that was silent, as gently as the adapter can."""
        return self.adapter.call_car()

    def ask(self, request: Request) -> Reply:
        """Make one request when the pace allows it; waits for that."""
        self._keep_pace()
        if self.between is not None:
            self.between()
            self._keep_pace()
        self.pace.began(monotonic_ns())
        try:
            return self.ask_now(request)
        finally:
            self.pace.ended(monotonic_ns())

    def _keep_pace(self) -> None:
        wait_s = (self.pace.earliest_ns - monotonic_ns()) / 1e9
        if wait_s > 0:
            time.sleep(wait_s)

    def ask_now(self, request: Request, meanwhile: Callable[[], None] | None = None) -> Reply:
        """Make one request whose place in time was found by the scheduler.

        `meanwhile` is run once, while the car is at work if possible.
        """
        self._connection.calling(request=True, signs=self.adapter.signs)
        try:
            reply = self.adapter.request(request, meanwhile)
        finally:
            self._connection.reacted()
        if reply.answers or reply.refusals:
            self._connection.answered(monotonic_ns())
        return reply

    def voltage(self) -> float | None:
        """Ask the adapter for the voltage at its plug."""
        self._connection.calling(request=False, signs=self.adapter.signs)
        try:
            return self.adapter.voltage()
        finally:
            self._connection.reacted()

    def close(self) -> None:
        """Let go of the wire."""
        self.adapter.close()
