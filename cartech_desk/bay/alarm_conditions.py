"""The desk's own conditions that alarm: the link, the recording, the readings, the history."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cartech_desk.bay.alarm_words import About
from cartech_desk.bay.status import ConnectionStatus, LinkState, RecordingStatus
from cartech_desk.domain.alarms.limit import Action, Level, Priority
from cartech_desk.domain.alarms.signal import kept_period_ns
from cartech_desk.domain.alarms.watch import SLEPT_NS

HOLD_NS: Final = 450_000_000
HOLD_PERIODS: Final = 2.5
"""Where nothing at all was heard for so long, it is the wire or the ignition, and counts against no
sensor. Less than the time after which a channel without a value alarms."""
DOUBT_NS: Final = 200_000_000
"""After so long without anything no sensor is blamed until it is known whether it is the wire: the
one that was asked first before the silence would seem to have gone before the others."""
ON_THE_WAY_NS: Final = 100_000_000
"""For so long after a silence nobody is blamed: readings of its last answer are on their way. Less
than the time to a doubt, so that a wire that is often silent for a moment hides no dead sensor."""
SILENT_NS: Final = 2_500_000_000
SILENT_PERIODS: Final = 4
"""After so long without anything the link is called lost, whatever the thread that owns it knows.
More than it takes to find out that the ignition was switched off."""
TOLD_NS: Final = 5_000_000_000
"""A recording that ended badly is an alarm for at least so long."""

_OVER: Final = (LinkState.DISCONNECTED, LinkState.CONNECTING)
_GONE: Final = (LinkState.LOST, LinkState.RECONNECTING)


@dataclass(frozen=True, slots=True)
class LinkView:
    """What the link means for the alarms.

    `met` tells that a car is connected, `left` that it was let go by a person just now; `listen`
    whether readings are to be expected, `lost` why they do not come, empty where all is well;
    `engine_gone` that the engine's ECU fell silent while the engine ran. `silent_ns` is since when
    nothing at all was heard where that is no more than a pause yet; `doubted` tells that no sensor
    is to be blamed now, `pauses` from when to when the wire paused since the look before.
    `waiting` is why the turns of limits do not come while something else has the wire, empty where
    they do; `repaced` tells that this just began or ended, or that the wire took up another plan,
    so that values come at another pace.
    """

    met: bool = False
    left: bool = False
    listen: bool = False
    lost: str = ""
    engine_gone: bool = False
    silent_ns: int = 0
    doubted: bool = False
    pauses: tuple[tuple[int, int], ...] = ()
    waiting: str = ""
    repaced: bool = False


class LinkWatch:
    """Follows the connection through its states, and the silence that no state tells of."""

    def __init__(self) -> None:
        self._with_car = False
        self._connection: object = None
        self._off = False
        """The car was switched off, as far as anybody knows: whoever takes the adapter out of it
        then loses nothing."""
        self._pace = (False, 0)
        self._lost = ""
        self._since_ns = 0
        self._looked_ns = 0
        self._heard_ns = 0
        self._gap_ns = self._gap_before_ns = 0
        self._period_ns = 0.0
        """That of the fastest channel, or the one that the wire keeps."""
        self._seen_ns = self._doubt_over_ns = 0
        self._pauses: list[tuple[int, int]] = []

    def hear(self, heard_ns: int) -> None:
        """Take in when the car was heard, as soon as that is known: so no pause is overlooked."""
        before_ns = max(self._seen_ns, self._since_ns)
        if heard_ns <= before_ns:
            return
        if before_ns and self._long(heard_ns - before_ns, DOUBT_NS):
            self._doubt_over_ns = heard_ns
            if self._long(heard_ns - before_ns, HOLD_NS):
                self._pauses.append((before_ns, heard_ns))
        self._seen_ns = heard_ns

    def look(
        self,
        connection: object,
        status: ConnectionStatus,
        heard_ns: int,
        fastest_hz: float,
        now_ns: int,
    ) -> LinkView:
        """Look at it: `heard_ns` is when a reading came last, `fastest_hz` the fastest channel."""
        another = self._with_car and connection is not self._connection
        self._connection = connection
        if now_ns - self._looked_ns > SLEPT_NS:
            self._since_ns = now_ns  # the desk itself was not there, as when a laptop sleeps
        self._looked_ns = now_ns
        if status.state in _OVER or another:
            left, self._with_car = self._with_car, False
            if status.state in _OVER:
                return LinkView(left=left)
        else:
            left = False
        if status.state is LinkState.CONNECTED and not self._with_car:
            self._with_car, self._since_ns, self._lost = True, now_ns, ""
        if not self._with_car:
            return LinkView(left=left)
        gone = status.engine_gone
        if status.state in _GONE:
            self._lost = "" if self._off else status.happened or "It does not answer."
            return LinkView(met=True, left=left, lost=self._lost, engine_gone=gone)
        self._off = not status.ignition_on
        if gone or self._off:
            # A link that was called lost stays so: nothing has come that would say otherwise.
            self._since_ns = now_ns
            lost = "" if gone else self._lost
            return LinkView(met=True, left=left, lost=lost, engine_gone=gone)
        if status.polling_rests and not status.limits_asked:
            # Nobody asks for live values now: that they do not come is no fault of link or sensor.
            self._since_ns, self._lost = now_ns, ""
            return LinkView(met=True, left=left)
        pace = (status.polling_rests, status.paced_ns)
        repaced, self._pace = pace != self._pace, pace
        heard_ns = min(max(heard_ns, status.last_answer_ns), now_ns)
        # Back from what a stamp from the future made of them.
        self._seen_ns = min(self._seen_ns, now_ns)
        self._doubt_over_ns = min(self._doubt_over_ns, now_ns)
        self.hear(heard_ns)
        pauses, self._pauses = tuple(self._pauses), []
        self._measure(heard_ns)
        self._period_ns = max(
            1e9 / fastest_hz if fastest_hz > 0 else 0.0,
            kept_period_ns(self._gap_ns, self._gap_before_ns),
        )
        silent_ns = now_ns - max(heard_ns, self._since_ns)
        self._lost = waiting = ""
        if silent_ns > max(SILENT_NS, SILENT_PERIODS * self._period_ns):
            told = f"Nothing has come from the car for {silent_ns / 1e9:.0f} s."
            if status.polling_rests:  # whether the adapter is well its driver knows
                waiting = told
            else:
                self._lost = told
        pause = self._long(silent_ns, HOLD_NS)
        on_the_way = now_ns - self._doubt_over_ns < ON_THE_WAY_NS
        return LinkView(
            met=True,
            left=left,
            listen=not self._lost and not waiting,
            lost=self._lost,
            silent_ns=now_ns - silent_ns if pause else 0,
            doubted=on_the_way or self._long(silent_ns, DOUBT_NS),
            pauses=pauses,
            waiting=waiting,
            repaced=repaced,
        )

    def _long(self, silent_ns: int, least_ns: int) -> bool:
        """Tell whether a silence is longer than this, and than a wire of this pace needs."""
        return silent_ns > max(least_ns, HOLD_PERIODS * self._period_ns)

    def _measure(self, heard_ns: int) -> None:
        """Note for how long nothing was heard before this."""
        if heard_ns > self._heard_ns:
            self._gap_before_ns = self._gap_ns
            self._gap_ns = heard_ns - self._heard_ns if self._heard_ns else 0
            self._heard_ns = heard_ns


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as of now."""

    what: str
    about: About
    level: Level


def of_link(view: LinkView, armed: int) -> tuple[Condition, ...]:
    """Return the conditions of the link with so many limits armed."""
    return lost_link(view, armed), lost_turns(view, armed), lost_engine(view)


def lost_link(view: LinkView, armed: int) -> Condition:
    """Return the condition of the link: an alarm where limits are armed and nothing comes."""
    told = f"{view.lost} " if view.lost else ""
    return Condition(
        "link",
        About(
            "The link to the car is lost",
            f"{told}End the run gently: no limit is watched. Check the plug and the adapter.",
            Priority.HIGH,
            Action.SOUND,
        ),
        Level.TRIP if view.lost and armed else Level.NONE,
    )


def lost_turns(view: LinkView, armed: int) -> Condition:
    """Return the condition of limits whose turns do not come while something has the wire."""
    return Condition(
        "waiting",
        About(
            "Limits are not watched while a control unit keeps the wire",
            f"{view.waiting} A control unit that is asked about faults takes its time, and "
            "everybody waits for it. Watch the engine yourself, or end the reading.",
            Priority.HIGH,
            Action.SOUND,
        ),
        Level.WARNING if view.waiting and armed else Level.NONE,
    )


def lost_engine(view: LinkView) -> Condition:
    """Return the condition of the engine's ECU: an alarm where it fell silent as the engine ran."""
    return Condition(
        "engine",
        About(
            "The engine's control unit stopped answering while the engine ran",
            "End the run: lift off and bring the car to a stand. No limit is watched. Check the "
            "unit's supply (relay, fuses, ground) and its wires before the engine runs again.",
            Priority.CRITICAL,
            Action.SOUND,
        ),
        Level.TRIP if view.engine_gone else Level.NONE,
    )


def lost_dyno(told: str) -> Condition:
    """Return the condition of a dyno that is driven on: an alarm where it has fallen silent."""
    return Condition(
        "dyno",
        About(
            "The dyno fell silent",
            f"{told} Lift off gently: its speed is not seen here. What was measured is kept.",
            Priority.HIGH,
            Action.SOUND,
        ),
        Level.TRIP if told else Level.NONE,
    )


class DeskConditions:
    """What else can be wrong with the desk itself."""

    def __init__(self) -> None:
        self._problem = ""
        self._problem_ns = 0

    def look(
        self,
        recording: RecordingStatus,
        readings: str,
        history: str,
        limits: str,
        now_ns: int,
    ) -> Iterator[Condition]:
        """Return all conditions as of now; the arguments are sentences, empty where all is well."""
        if recording.problem != self._problem:
            self._problem, self._problem_ns = recording.problem, now_ns
        fresh = recording.id or now_ns - self._problem_ns < TOLD_NS
        yield _condition(
            "recording",
            "The recording cannot be written",
            recording.problem if fresh else "",
            Priority.HIGH,
        )
        yield _condition(
            "readings",
            "Readings are not dealt with as they should be",
            readings,
            Priority.CRITICAL,
            "Look into the log, and start the desk anew between two runs.",
        )
        yield _condition("history", "Alarms cannot be kept", history, Priority.HIGH)
        yield _condition(
            "limits",
            "The limits could not be put in force",
            limits,
            Priority.CRITICAL,
            "Those before stay in force. It is tried again every second.",
        )


def _condition(
    what: str, label: str, problem: str, priority: Priority, to_do: str = ""
) -> Condition:
    words = " ".join(part for part in (problem, to_do) if part)
    level = Level.WARNING if problem else Level.NONE
    return Condition(what, About(label, words, priority, Action.SOUND), level)
