"""The connection as a state machine: a table of transitions, and the status that pages read.

    disconnected --connect--> connecting --opened--> connected --lost--> lost
    lost --retry--> reconnecting --opened--> connected, --failed--> lost; disconnect from anywhere

Nothing here knows threads, wires or clocks: the owner of the wire (`bay.owner`) says what
happened and when.
"""

import threading
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from cartech_desk.bay.rings import Ring, achieved_hz
from cartech_desk.bay.status import ConnectionStatus, LinkState
from cartech_desk.domain.channels import Quality
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.errors import CarTechError
from cartech_desk.hardware.adapter import SignsOfLife


class Event(StrEnum):
    """What may happen to a connection."""

    CONNECT = "connect"
    """A person asked for it."""
    OPENED = "opened"
    """The adapter is open, the car answered and is identified."""
    FAILED = "failed"
    """The attempt under way came to nothing."""
    LOST = "lost"
    """The wire went away while it was in use."""
    RETRY = "retry"
    """The back-off is over."""
    DISCONNECT = "disconnect"
    """A person asked for it."""


TRANSITIONS: Final[Mapping[tuple[LinkState, Event], LinkState]] = {
    (LinkState.DISCONNECTED, Event.CONNECT): LinkState.CONNECTING,
    (LinkState.DISCONNECTED, Event.DISCONNECT): LinkState.DISCONNECTED,
    (LinkState.CONNECTING, Event.OPENED): LinkState.CONNECTED,
    (LinkState.CONNECTING, Event.FAILED): LinkState.DISCONNECTED,
    (LinkState.CONNECTING, Event.DISCONNECT): LinkState.DISCONNECTED,
    (LinkState.CONNECTED, Event.LOST): LinkState.LOST,
    (LinkState.CONNECTED, Event.DISCONNECT): LinkState.DISCONNECTED,
    (LinkState.LOST, Event.RETRY): LinkState.RECONNECTING,
    (LinkState.LOST, Event.DISCONNECT): LinkState.DISCONNECTED,
    (LinkState.RECONNECTING, Event.OPENED): LinkState.CONNECTED,
    (LinkState.RECONNECTING, Event.FAILED): LinkState.LOST,
    (LinkState.RECONNECTING, Event.DISCONNECT): LinkState.DISCONNECTED,
}
"""Every transition there is; what is not here cannot happen."""

BACK_OFF_S: Final = (0.25, 0.5, 1.0, 2.0)
"""Waits before the first, second, … attempt to reconnect; the last one for ever. Two seconds and
one attempt stay under the five seconds within which a link that returned is in use again."""

SILENT_CAR_S: Final = (2.0, 4.0, 8.0, 16.0, 30.0)
"""Waits before a car is called again that is off while its adapter answers: it is to sleep."""

NO_REACTION_S: Final = 1.5
"""How long an adapter may be silent in a call before the link counts as dead. With the half second
within which some call is made, a dead link is known within two."""

REQUEST_WINDOW_S: Final = 2.5
_REQUESTS: Final = 8192


class ImpossibleTransition(Exception):
    """An event that cannot happen in this state: a bug."""


def after(state: LinkState, event: Event) -> LinkState:
    """Return the state that follows; ImpossibleTransition where the table has none."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ImpossibleTransition(f"{event} while {state}") from None


def back_off_s(attempt: int) -> float:
    """Seconds to wait before attempt number `attempt` (from 0) to reconnect."""
    return BACK_OFF_S[min(attempt, len(BACK_OFF_S) - 1)]


def silent_car_s(calls: int) -> float:
    """Seconds to wait before a car is called again that was silent `calls` times before."""
    return SILENT_CAR_S[min(calls, len(SILENT_CAR_S) - 1)]


class Connection:
    """The status of one connection; written by its owner, read by anybody."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.Lock()
        self._status = ConnectionStatus(url=url)
        self._call_since_ns = 0
        self._signs = SignsOfLife()
        self._requests = Ring(_REQUESTS)
        self.last_answer_ns = 0

    def apply(
        self, event: Event, *, error: CarTechError | None = None, **facts: Any
    ) -> ConnectionStatus:
        """Let an event happen; `error` says why, `facts` are fields of the status that change.

        The words of an earlier error go when the connection stands again.
        """
        with self._lock:
            state = after(self._status.state, event)
            changes: dict[str, Any] = {"state": state, "step": "", **facts}
            if state is not self._status.state:
                changes["since_ns"] = monotonic_ns()
            if event in (Event.OPENED, Event.CONNECT, Event.DISCONNECT):
                changes.update(error_code="", happened="", to_do="")
            if error is not None:
                changes.update(_words(error))
            self._status = replace(self._status, **changes)
            return self._status

    def note(self, *, error: CarTechError | None = None, **facts: Any) -> None:
        """Change facts of the status, not its state."""
        with self._lock:
            words = {} if error is None else _words(error)
            self._status = replace(self._status, **facts, **words)

    def came_back(self) -> None:
        """Count a reconnection."""
        with self._lock:
            self._status = replace(self._status, reconnects=self._status.reconnects + 1)

    def calling(self, *, request: bool, signs: SignsOfLife | None = None) -> None:
        """Note that a call to the adapter begins; `request` where the car is asked by it.

        `signs` is where the adapter's driver notes what it hears meanwhile.
        """
        now_ns = monotonic_ns()
        self._signs = signs or SignsOfLife()
        self._call_since_ns = now_ns
        if request:
            self._requests.put(now_ns, 0.0, Quality.GOOD)

    def reacted(self) -> None:
        """Note that the adapter came back, with whatever it had."""
        self._call_since_ns = 0

    def answered(self, now_ns: int) -> None:
        """Note that an ECU answered."""
        self.last_answer_ns = now_ns

    @property
    def state(self) -> LinkState:
        """The state as the owner knows it."""
        return self._status.state

    @property
    def limits_asked(self) -> bool:
        """Whether limits have their turns while something else has the wire."""
        return self._status.limits_asked

    def status(self, now_ns: int) -> ConnectionStatus:
        """Return the status as of now.

        A connection whose adapter has given no sign of life for too long during a call is shown
        as lost, even while its owner is still waiting in that call. An ECU that asked for time is
        no such case.
        """
        since_ns = self._call_since_ns
        status = replace(
            self._status,
            last_answer_ns=self.last_answer_ns,
            requests_per_s=self._requests_per_s(now_ns),
        )
        silent_s = self._signs.silent_s(since_ns, now_ns) if since_ns else 0.0
        if status.state is LinkState.CONNECTED and silent_s > NO_REACTION_S:
            return replace(
                status,
                state=LinkState.LOST,
                step=f"waiting for the adapter for {silent_s:.0f} s",
                error_code="link_lost",
                happened="The adapter does not react.",
                to_do="Check its plug and its power.",
            )
        return status

    def _requests_per_s(self, now_ns: int) -> float:
        return achieved_hz(self._requests, now_ns, REQUEST_WINDOW_S)


def _words(error: CarTechError) -> dict[str, Any]:
    happened = " ".join(part for part in (error.happened, error.kept) if part)
    return {"error_code": error.code, "happened": happened, "to_do": error.to_do}
