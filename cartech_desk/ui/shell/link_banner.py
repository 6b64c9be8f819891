"""The banners that the bay's own state calls for: link lost, ignition off, disk behind."""

from collections.abc import Callable
from typing import Final

from cartech_desk.bay.status import BaySnapshot, ConnectionStatus, LinkState
from cartech_desk.domain.alarms.keys import desk_alarm
from cartech_desk.domain.alarms.state import ACTIVE
from cartech_desk.ui.shell.banner import Banners, Tone
from cartech_desk.ui.words import for_window

LINK = "link"
IGNITION = "ignition"
DISK = "disk"
LINK_ALARM: Final = desk_alarm("link")
"""The key of the alarm that a lost link raises where limits are armed."""
_UNWATCHED: Final = "End the run gently: no limit is watched."


class LinkBanner:
    """Follows the snapshots and keeps the banners true."""

    def __init__(self, banners: Banners, disconnect: Callable[[], None]) -> None:
        self._banners = banners
        self._disconnect = disconnect
        self._tries = 0
        self._last = LinkState.DISCONNECTED
        self._happened = self._to_do = ""

    @property
    def tells_link(self) -> bool:
        """Whether the lost link is told here: no other place needs to press with it then."""
        return self._banners.banner(LINK) is not None

    def show_snapshot(self, snapshot: BaySnapshot) -> None:
        """Show, change or take away what this picture calls for."""
        connection = snapshot.connection
        self._follow(connection)
        if connection.state in (LinkState.LOST, LinkState.RECONNECTING):
            alarm = any(
                one.key == LINK_ALARM and one.state in ACTIVE for one in snapshot.alarms.announced
            )
            self._banners.show_banner(
                LINK,
                Tone.ERROR if alarm else Tone.WARNING,
                self._happened or "The link to the car is lost.",
                self._what_now(recording=bool(snapshot.recording.id), unwatched=alarm),
                button=("Stop trying", self._disconnect),
            )
        else:
            self._banners.clear(LINK)
        if connection.state is LinkState.CONNECTED and not connection.ignition_on:
            self._banners.show_banner(
                IGNITION,
                Tone.NEWS,
                "The ignition seems to be off: the adapter answers, the engine does not.",
                "Asking rests until it is back. Switch the ignition on to go on.",
            )
        else:
            self._banners.clear(IGNITION)
        if snapshot.recording.problem:
            self._banners.show_banner(
                DISK,
                Tone.ERROR,
                snapshot.recording.problem,
                "What was written is safe. Make room on the disk while the recording waits.",
            )
        else:
            self._banners.clear(DISK)

    def _follow(self, connection: ConnectionStatus) -> None:
        state = connection.state
        if state in (LinkState.LOST, LinkState.RECONNECTING) and self._last not in (
            LinkState.LOST,
            LinkState.RECONNECTING,
        ):
            # How the link was lost is worth more than how the last of many tries failed.
            self._happened, self._to_do = connection.happened, connection.to_do
        if state is LinkState.RECONNECTING and self._last is not LinkState.RECONNECTING:
            self._tries += 1
        elif state in (LinkState.CONNECTED, LinkState.DISCONNECTED, LinkState.CONNECTING):
            self._tries = 0
        self._last = state

    def _what_now(self, *, recording: bool, unwatched: bool) -> str:
        parts = [_UNWATCHED if unwatched else "", for_window(self._to_do)]
        if self._tries:
            parts.append(f"Reconnecting by itself, try {self._tries}.")
        else:
            parts.append("Reconnecting by itself.")
        if recording:
            parts.append("The recording goes on and will show the gap.")
        return " ".join(part for part in parts if part)
