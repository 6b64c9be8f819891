"""The car at hand: identified, its own signals tried, its catalogue told to the watch and the feed.

Kept across reconnections, so that the same car is not asked everything again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from cartech_desk.bay.feed import Feed
from cartech_desk.bay.identification import Identification, Step, identify, probe_commands
from cartech_desk.bay.status import CarIdentity
from cartech_desk.bay.watch import Watch
from cartech_desk.bay.wire import Wire
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.obd.signals import Command
from cartech_desk.domain.obd.signalset import SignalSet
from cartech_desk.domain.own_channels import computable
from cartech_desk.domain.sources import OwnChannel, build_catalogue
from cartech_desk.hardware.adapter import CarLink


class OtherCar(CarTechError):
    """After a loss, another car is plugged in."""

    code = "other_car"


class CarAtHand:
    """Whatever car is plugged in. Used by the thread that owns the wire."""

    def __init__(
        self,
        watch: Watch,
        feed: Feed,
        *,
        fuel: str,
        parameters: Mapping[str, float],
        signals: Sequence[SignalSet] = (),
        own: Sequence[OwnChannel] = (),
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
        for some in signals:
            self._want(some)

    @property
    def identity(self) -> CarIdentity | None:
        """Who it is, with everything that could not be read as warnings; None before it is met."""
        if self._found is None:
            return None
        car = self._found.car
        return replace(
            car, warnings=(*car.warnings, *self._set_warnings, *self._warnings, *self._own_warnings)
        )

    def meet(self, wire: Wire, link: CarLink, step: Step) -> OtherCar | None:
        """Identify the car behind the link and plan for it; says so where it is another one.

        Errors: LinkLost, and whatever `step` raises.
        """
        before = self._found
        found = identify(wire.ask, link, step, before)
        other = _other(before, found)
        if other is not None:
            # Its samples must not stand beside those of the car before.
            self._feed.declare({})
        if found is not before:
            self._tried, self._warnings, self._absent = {}, (), frozenset()
        self._found = found
        self._try_signals(wire, step)
        self._plan(wire)
        return other

    def use_signals(self, wire: Wire, signals: SignalSet, step: Step) -> tuple[Command, ...]:
        """Try these manufacturer commands too and plan with those that the car answers."""
        self._want(signals)
        self._try_signals(wire, step)
        self._plan(wire)
        return tuple(command for command in signals.commands if self._tried.get(command))

    def leave_out(self, wire: Wire, signals: frozenset[str]) -> None:
        """Plan without these signals: their ECU says in its answers that it has none of them."""
        if not signals <= self._absent:
            self._absent |= signals
            self._plan(wire)

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
        )
        catalogue = build()
        if self._own:
            own, self._own_warnings = computable(self._own, catalogue)
            catalogue = build(own=own)
        plan = self._watch.set_car(catalogue, adapter_voltage=wire.voltage() is not None)
        self._feed.declare(plan.asked, plan.catalogue)


def _other(before: Identification | None, now: Identification) -> OtherCar | None:
    """Say so where a VIN was known and it is another one now."""
    if before is None or now is before or before.car.vin is None or now.car.vin is None:
        return None
    if before.car.vin == now.car.vin:
        return None
    return OtherCar(
        f"Another car is plugged in: its VIN is {now.car.vin}, before it was {before.car.vin}.",
        kept="The recording of the car before was ended.",
        to_do="Choose the vehicle and start a new recording.",
    )
