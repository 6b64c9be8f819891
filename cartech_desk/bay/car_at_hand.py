"""The car at hand: identified, its own signals tried, its catalogue told to the watch and the feed.

Kept across reconnections, so that the same car is not asked everything again; and handed on to
the next connection, so that a recording never goes on into another car.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from cartech_desk.bay.feed import Feed
from cartech_desk.bay.identification import (
    Ask,
    Identification,
    Likeness,
    Step,
    compare,
    functional,
    identify,
    probe_commands,
)
from cartech_desk.bay.known_cars import KnownCars, Met, name_of
from cartech_desk.bay.status import CarIdentity
from cartech_desk.bay.watch import EMPTY, Watch
from cartech_desk.bay.wire import Wire
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.signals import Command
from cartech_desk.domain.obd.signalset import SignalSet, load_signalset
from cartech_desk.domain.own_channels import computable
from cartech_desk.domain.sources import OwnChannel, build_catalogue
from cartech_desk.hardware.adapter import Adapter, CarLink, Reply, Request
from cartech_desk.hardware.errors import BusFault, LinkLost, NoAnswer, RequestFailed

PROGRAMMING_NS: Final = 5_000_000_000
"""In less time nobody programs an ECU: one that was away for longer is asked what is in it."""


class OtherCar(CarTechError):
    """Another car is plugged in than before, or it cannot be told that it is the same."""

    code = "other_car"


@dataclass(slots=True)
class LastCar:
    """The car that was met last, through all connections of one bay.

    `found` has its VIN if that was ever read, through meetings at which it could not be.
    """

    found: Identification | None = None


class CarAtHand:
    """Whatever car is plugged in. Used by the thread that owns the wire.

    `last` is shared with the connections before and after, `recording` tells whether a recording is
    under way, `files` are signal sets to be read and tried on every car. `known` is what the desk
    remembers of cars and adapters; with `anew` nothing of that is used, only renewed.
    """

    def __init__(
        self,
        watch: Watch,
        feed: Feed,
        *,
        fuel: str,
        parameters: Mapping[str, float],
        recording: Callable[[], bool],
        last: LastCar,
        files: Sequence[Path] = (),
        signals: Sequence[SignalSet] = (),
        own: Sequence[OwnChannel] = (),
        known: KnownCars | None = None,
        anew: bool = False,
    ) -> None:
        self._watch = watch
        self._feed = feed
        self._fuel = fuel
        self._parameters = parameters
        self._own = tuple(own)
        self._own_warnings: tuple[str, ...] = ()
        self._wanted: tuple[Command, ...] = ()
        self._set_warnings: tuple[str, ...] = ()
        self._tried: dict[Command, bool] = {}
        self._warnings: tuple[str, ...] = ()
        self._absent: frozenset[str] = frozenset()
        self._found: Identification | None = None
        self._met = False
        self._recording = recording
        self._last = last
        self._files = tuple(files)
        self._known = known
        self._anew = anew
        self._noticed: tuple[str, ...] = ()
        for some in signals:
            self._want(some)

    @property
    def found(self) -> Identification | None:
        """What the last identification found; None before the car is met."""
        return self._found

    @property
    def identity(self) -> CarIdentity | None:
        """Who it is, with everything that could not be read as warnings; None before it is met."""
        if self._found is None:
            return None
        car = self._found.car
        told = (*self._noticed, *self._set_warnings, *self._warnings, *self._own_warnings)
        return replace(car, warnings=(*car.warnings, *told))

    def prepare(self, adapter: Adapter) -> None:
        """Let an adapter begin with what was found at its address before; before it is opened.

        Only for the first meeting: whoever was lost may be in a state that a reset alone mends.
        """
        if self._known is not None and not self._met and not self._anew:
            self._known.prepare(adapter)

    def meet(self, wire: Wire, link: CarLink, step: Step) -> OtherCar | None:
        """Identify the car behind the link and plan for it; says so where it is another one.

        Errors: LinkLost, and whatever `step` raises.
        """
        self._read_files(step)
        first = not self._met
        before = self._last.found
        met = self._identified(wire, link, step, None if first else before)
        found = met.found
        recording = self._recording()
        if first and not recording:
            before = None  # nothing goes on into this connection
        other = _other(before, found, certain=first, recording=recording)
        if other is not None:
            # Its samples must not stand beside those of the car before.
            self._watch.set_car(EMPTY, adapter_voltage=False)
        if other is not None or before is None:
            self._feed.forget()
        if found is not self._found:
            self._warnings, self._absent = (), frozenset()
            self._tried = {
                command: True for command in self._wanted if name_of(command) in met.answered
            }
            self._noticed = (*wire.adapter.outdated_adapter, *met.noticed) if first else met.noticed
        nameless = found.car.vin is None and before is not None and other is None
        self._found = found
        self._try_signals(wire, step)
        self._plan(wire)
        # Not before: whoever is lost on the way is compared with the car before again.
        self._last.found, self._met = before if nameless else found, True
        self._keep(wire)
        return other

    def complete(
        self, wire: Wire, step: Step, check: Callable[[], None] = lambda: None
    ) -> Identification | None:
        """Return the car with all of it read at this meeting: what was recalled is asked now.

        None before a car is met. `check` is called ahead of each request and ends it by raising;
        what was recalled stands then. Errors: LinkLost, also where it is another car.
        """

        def ask(request: Request) -> Reply:
            check()
            return wire.ask(request)

        before, known = self._found, self._known
        if before is None or not before.recalled or known is None:
            return before
        met = known.meet_anew(ask, before.link, step)
        if compare(before, met.found) is Likeness.OTHER:
            if met.found.car.vin is None and _is_silent(ask, before.link):
                raise LinkLost(
                    "The car does not answer any more.",
                    to_do="Is the ignition on? Switch it on, check the plug, then do it again.",
                )
            raise LinkLost(
                "The car behind the adapter is not the one that was met.",
                to_do="Wait until the car that is there now is connected.",
            )
        vin = met.found.car.vin or before.car.vin
        self._found = self._last.found = replace(met.found, car=replace(met.found.car, vin=vin))
        self._noticed = tuple(dict.fromkeys((*self._noticed, *met.noticed)))
        self._plan(wire)
        self._keep(wire)
        return self._found

    def _identified(
        self, wire: Wire, link: CarLink, step: Step, before: Identification | None
    ) -> Met:
        """Identify who is there: as the car `before`, as a known one, or from the beginning."""
        known = self._known
        if before is None and known is not None:
            meet = known.meet_anew if self._anew else known.meet
            return meet(wire.ask, link, step)
        from cartech_desk.bay.recalling import recall, rescaled

        found = identify(wire.ask, link, step, before)
        if before is not None and found is before:
            # Values would come out wrong with other full scales than those of now.
            away_ns = monotonic_ns() - self._feed.heard_ns
            if away_ns < PROGRAMMING_NS:
                return Met(rescaled(wire.ask, link, before, step))
            again = recall(wire.ask, link, before, step)
            if again is not None:
                return Met(before if again == before else again)
            found = identify(wire.ask, link, step)
        return Met(found, known.noticed(found) if known is not None else ())

    def _keep(self, wire: Wire) -> None:
        """Remember the car; its commands that were silent are tried again next time."""
        if self._known is not None and self._found is not None:
            answered = frozenset(name_of(one) for one, good in self._tried.items() if good)
            self._known.keep(wire.adapter, self._found, answered)

    def use_signals(self, wire: Wire, signals: SignalSet, step: Step) -> tuple[Command, ...]:
        """Try these manufacturer commands too and plan with those that the car answers."""
        self._want(signals)
        self._try_signals(wire, step)
        self._plan(wire)
        self._keep(wire)
        return tuple(command for command in signals.commands if self._tried.get(command))

    def leave_out(self, wire: Wire, signals: frozenset[str]) -> None:
        """Plan without these signals: their ECU says in its answers that it has none of them."""
        if not signals <= self._absent:
            self._absent |= signals
            self._plan(wire)

    def _read_files(self, step: Step) -> None:
        """Read the signal sets of the shop; one that cannot be used becomes a warning."""
        files, self._files = self._files, ()
        for path in files:
            step(f"reading the signal set {path.name}")
            try:
                signals = load_signalset(path)
            except CarTechError as error:
                signals = SignalSet(path.name, (), (error.message,))
            self._want(signals)

    def _want(self, signals: SignalSet) -> None:
        self._wanted = tuple(dict.fromkeys((*self._wanted, *signals.commands)))
        self._set_warnings = tuple(dict.fromkeys((*self._set_warnings, *signals.warnings)))

    def _try_signals(self, wire: Wire, step: Step) -> None:
        new = [command for command in self._wanted if command not in self._tried]
        if not new:
            return
        answered, warnings = probe_commands(wire.ask, new, step)
        self._tried.update({command: command in answered for command in new})
        self._warnings = (*self._warnings, *warnings)

    def _plan(self, wire: Wire) -> None:
        found = self._found
        if found is None:
            return
        build = partial(
            build_catalogue,
            found.supported,
            extra=[command for command in self._wanted if self._tried.get(command)],
            fuel=self._fuel,
            parameters={**found.scales, **self._parameters},
            extended=found.link.extended,
            absent=self._absent,
            uds=found.link.uds,
        )
        catalogue = build()
        if self._own:
            own, self._own_warnings = computable(self._own, catalogue)
            catalogue = build(own=own)
        self._watch.set_car(catalogue, adapter_voltage=wire.voltage() is not None)


def _is_silent(ask: Ask, link: CarLink) -> bool:
    """Whether nobody answers what every car of OBD answers."""
    try:
        ask(Request(functional(link), b"\x22\xf8\x10" if link.uds else b"\x01\x00"))
    except (NoAnswer, BusFault):
        return True
    except RequestFailed:
        return False  # something is there
    return False


def _other(
    before: Identification | None, now: Identification, *, certain: bool, recording: bool
) -> OtherCar | None:
    """Say so where it is another car than before; if `certain`, also where that cannot be told."""
    if before is None or now is before:
        return None
    likeness = compare(before, now)
    if likeness is Likeness.SAME or (likeness is Likeness.UNTOLD and not certain):
        return None
    old = before.car.vin or "unknown"
    if now.car.vin is not None:
        happened = f"Another car is plugged in: its VIN is {now.car.vin}, before it was {old}."
    elif likeness is Likeness.OTHER:
        happened = (
            "Another car is plugged in: its VIN cannot be read, and its control units and their "
            f"calibrations are not those of the car before (VIN {old})."
        )
    else:
        happened = (
            "This may be another car than before: it tells neither its VIN nor its calibrations."
        )
    return OtherCar(
        happened,
        kept="The recording of the car before was ended." if recording else "",
        to_do="Choose the vehicle and start a new recording.",
    )
