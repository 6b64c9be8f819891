"""Driving one dyno run without a screen: sources on, Start, wait, keep, say."""

import argparse
import math
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from cartech_desk.app.alarm_voice import AlarmVoice
from cartech_desk.app.desk import Counter, Desk
from cartech_desk.app.dyno_acts.asked import shown_of, view_of, with_weather
from cartech_desk.app.dyno_acts.told import run_document, run_text
from cartech_desk.app.output import say
from cartech_desk.app.recording_session import UNNAMED, awaited, connected, vehicle_of
from cartech_desk.app.stopping import until_told
from cartech_desk.app.waiting import Changing
from cartech_desk.bay.bay import Bay
from cartech_desk.bay.dyno import SessionWish
from cartech_desk.bay.dyno_errors import Cancelled
from cartech_desk.bay.dyno_status import LiveValue, Phase, SourceStatus
from cartech_desk.bay.status import ConnectionStatus
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import RunSetup, TestType
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Actor
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.domain.units import UnitSystem, convert
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding

_LOOK_S: Final = 0.1
_SAY_S: Final = 2.0
"""So often it is said how fast it goes."""
_PULLS: Final = (TestType.POWER_PULL, TestType.COAST_DOWN)
"""Tests that end by themselves."""


class NoRun(CarTechError):
    """Nothing was driven."""

    code: ClassVar[str] = "no_run"


@dataclass(frozen=True, slots=True)
class DrivenRun:
    """What came of it, as `--json` says it and as a person reads it."""

    document: dict[str, Any]
    text: str


def drive(desk: Desk, args: argparse.Namespace, by: Actor) -> DrivenRun:
    """Take the sources on, arm, wait for the run, and return its numbers.

    Errors: those of the sources, DynoRefused, NoRun; what was driven is kept whatever happens.
    """
    bay = desk.bay
    if not args.source and not args.road:
        raise NoRun(
            "No source was named.",
            kept="Nothing was driven.",
            to_do="Name one with --source URL (see `dyno sources`), or drive --road with "
            "--adapter URL.",
        )
    link = connected(bay, args.adapter) if args.adapter else ConnectionStatus()
    for url in args.source:
        say(f"Listening to {url} …")
        status = awaited(bay.dyno.connect(url))
        say(f"{status.identity.make} {status.identity.model}: {_trust(status)}.")
    going_on = desk.store.dyno.session(args.session) if args.session else None
    if going_on is not None:
        vehicle_id, warning = going_on.vehicle_id, None
    else:
        vehicle_id, warning = _vehicle(desk, args, link)
    _use_triggers(bay, args)
    bay.alarms.use_vehicle(vehicle_id)
    wish = _wish(args, vehicle_id, going_on)
    if going_on is not None:
        session = awaited(bay.dyno.continue_session(going_on, wish, by))
        say(f"Going on with the session of {session.vehicle_name}.")
    else:
        session = awaited(bay.dyno.start_session(wish, by))
    for sentence in bay.snapshot().dyno.warnings:
        say(f"▲ {sentence}")
    with until_told() as told:
        run_id = _driven(desk, args, by, told)
        interrupted = told.is_set()
    run = desk.store.dyno.run(run_id)
    if run.ending is RunEnding.NOT_RECORDED:
        raise NoRun(
            f"{run.name} was driven and could not be recorded. {bay.snapshot().dyno.problem}",
            kept="Its name, time and set-up are kept.",
            to_do="Make room on the disk and drive again.",
        )
    if args.note:
        run = desk.store.dyno.change_run(replace(run, note=checked_reason(args.note)), by)
    warnings = [warning] if warning else []
    warnings += [one for one in bay.snapshot().dyno.warnings if one not in warnings]
    return _told(desk, args, run, warnings, interrupted=interrupted)


def _vehicle(
    desk: Desk, args: argparse.Namespace, link: ConnectionStatus
) -> tuple[str, str | None]:
    vehicle_id, warning = vehicle_of(desk.store, link, args.vehicle)
    if warning is not None and not args.adapter:
        warning = f"The run is kept under “{UNNAMED}”. Name the car with --vehicle NAME."
    return vehicle_id, warning


def _use_triggers(bay: Bay, args: argparse.Namespace) -> None:
    settings = bay.dyno.settings
    triggers = replace(settings.triggers, again=False)
    if args.start_kmh is not None:
        triggers = replace(triggers, start_kmh=args.start_kmh)
    if args.start_throttle is not None:
        triggers = replace(triggers, start_throttle_pct=args.start_throttle)
    bay.dyno.use_settings(replace(settings, triggers=triggers))


def _trust(status: SourceStatus) -> str:
    """Say how far a source is to be trusted: its tier, and what is known of a link of the shop."""
    told = (status.identity.tier.words, status.identity.detail)
    return ", ".join(filter(None, told))


def _wish(args: argparse.Namespace, vehicle_id: str, before: DynoSession | None) -> SessionWish:
    """Return what is driven: as it was in the session that goes on, but for what was typed."""
    typed = {
        "gear": args.gear,
        "equivalent_mass_kg": None if args.road else args.mass,
        "wheel_mass_kg": args.wheel_mass,
        "roller_m": args.roller,
        "ratio_rpm_per_kmh": args.ratio,
        "road": args.road or None,
        "road_mass_kg": args.mass if args.road else None,
        "drag_area_m2": args.drag_area,
        "rolling": args.rolling,
    }
    setup = before.setup if before is not None else RunSetup()
    setup = replace(setup, **{name: one for name, one in typed.items() if one is not None})
    facts = {
        "fuel": args.fuel,
        "notes": args.notes,
        "customer": args.customer,
        "odometer_km": args.odometer,
        "tyre_kpa": args.tyres,
        "modifications": args.modifications,
    }
    if before is not None:
        kept = {name: getattr(before, name) for name in (*facts, "run_prefix")}
        facts = kept | {name: one for name, one in facts.items() if one is not None}
    test = TestType(args.test) if args.test else setup.test_type
    known = {name: one for name, one in facts.items() if one is not None}
    return SessionWish(vehicle_id, test, with_weather(setup, args), **known)


def _driven(desk: Desk, args: argparse.Namespace, by: Actor, told: threading.Event) -> str:
    """Press Start and wait until a run was driven; returns its id. Errors: NoRun, DynoRefused."""
    bay = desk.bay
    until = time.monotonic() + args.seconds if args.seconds is not None else float("inf")
    follow = _Follow(bay, UnitSystem(desk.settings.values.screen.units), until, told)
    begun = bay.dyno.start(by)
    if args.now:
        follow.wait(lambda: begun.done() or bay.snapshot().dyno.phase is Phase.ARMED)
        if not begun.done():
            bay.dyno.start(by)
    else:
        follow.say_waiting(begun)
    follow.wait(begun.done)
    if not begun.done():
        awaited(bay.dyno.stop(by))
    try:
        run_id = begun.result(0)
    except Cancelled as error:
        raise _nothing_came(bay, follow, args) from error
    say("The run has begun.")
    follow.doing = "Running"
    session = bay.snapshot().dyno.session
    if not args.now and session is not None and session.test_type in _PULLS:
        follow.ends_by_itself()
    follow.wait(lambda: bay.snapshot().dyno.last_run == run_id)
    if told.is_set():
        say("Stopping …")
    say("Saving …")
    awaited(bay.dyno.stop(by))
    say("The run has ended.")
    return run_id


class _Follow:
    """Waits with an eye on what happens: alarms, problems, how fast it went."""

    def __init__(self, bay: Bay, units: UnitSystem, until: float, told: threading.Event) -> None:
        self.fastest_kmh = float("nan")
        self.doing = ""
        self._units = units
        self._said_at = time.monotonic()
        self._bay = bay
        self._until = until
        self._told = told
        self._voice = AlarmVoice(units)
        self._troubles = Changing("All of it is written again.")

    def say_waiting(self, begun: Future[str]) -> None:
        """Say what is waited for, where anything is."""
        self.wait(lambda: begun.done() or self._bay.snapshot().dyno.phase is Phase.ARMED)
        triggers = self._bay.dyno.settings.triggers
        if not begun.done() and triggers.start_kmh is not None:
            say(f"Armed: the run begins above {_speed(triggers.start_kmh, self._units)}.")
        elif not begun.done():
            say("Armed.")
        self.doing = "Waiting"

    def ends_by_itself(self) -> None:
        """Wait without a limit from now on: the bench has one of its own."""
        self._until = float("inf")

    def wait(self, over: Any) -> None:
        """Wait until it is over, until the time is, or until somebody says stop."""
        while not over() and time.monotonic() < self._until and not self._told.wait(_LOOK_S):
            snapshot = self._bay.snapshot()
            self._voice.hear(snapshot.alarms)
            self._troubles.now(" ".join(filter(None, (snapshot.dyno.problem, *snapshot.problems))))
            speed = snapshot.dyno.values.get(Role.SPEED)
            if speed is not None and not speed.value <= self.fastest_kmh:
                self.fastest_kmh = speed.value
            self._say_now(snapshot.dyno.values)

    def _say_now(self, values: Mapping[Role, LiveValue]) -> None:
        """Say how fast it goes, now and then."""
        now = time.monotonic()
        if not self.doing or now - self._said_at < _SAY_S:
            return
        self._said_at = now
        speed, rpm = values.get(Role.SPEED), values.get(Role.RPM)
        told = []
        if speed is not None and math.isfinite(speed.value):
            told.append(_speed(speed.value, self._units))
        if rpm is not None and math.isfinite(rpm.value):
            told.append(f"{rpm.value:.0f} rpm")
        say(f"{self.doing}: {', '.join(told) or 'nothing comes'}")


def _speed(kmh: float, units: UnitSystem) -> str:
    if units is UnitSystem.METRIC:
        return f"{kmh:.0f} km/h"
    return f"{convert(kmh, 'km/h', 'mph'):.0f} mph"


def _nothing_came(bay: Bay, follow: _Follow, args: argparse.Namespace) -> NoRun:
    trouble = [f"{one.happened} {one.to_do}" for one in bay.snapshot().dyno.sources if one.happened]
    if trouble:
        return NoRun(trouble[0].strip(), kept="Nothing was driven.", to_do="")
    start = bay.dyno.settings.triggers.start_kmh
    seen = (
        f" It went {follow.fastest_kmh:.0f} km/h at the most."
        if follow.fastest_kmh == follow.fastest_kmh
        else " No speed came."
    )
    limit = f" and begins above {start:g} km/h" if start is not None and not args.now else ""
    return NoRun(
        f"No run was driven: it was waited for{limit}.{seen}",
        kept="Nothing was driven.",
        to_do="Begin lower with --start-kmh, at once with --now, or wait longer with --seconds.",
    )


def _told(
    desk: Desk, args: argparse.Namespace, run: DynoRun, warnings: list[str], *, interrupted: bool
) -> DrivenRun:
    runs = desk.bay.runs
    counter = Counter(desk.settings, desk.store, desk.office, desk.data_dir, desk.demo)
    result = runs.result(run.id, view_of(args, counter))
    typed = (args.temperature, args.pressure, args.humidity) != (None, None, None)
    if typed and result.factor.conditions.source.startswith("weather station"):
        warnings.append(
            "A weather station told the air: what was typed stands only for what it did not tell. "
            f"To put it in its place: cartech-desk dyno change {run.id[-6:]} --pressure KPA …"
        )
    document = {
        **run_document(run, result, runs.raw(run.id)),
        "seconds": round(((run.last_ns or 0) - (run.first_ns or 0)) / 1e9, 3),
        "sources": [
            {
                "alias": one.alias,
                "url": one.url,
                "make": one.make,
                "model": one.model,
                "tier": one.tier.value,
            }
            for one in run.sources
        ],
        "interrupted": interrupted,
        "warnings": warnings,
    }
    session = desk.store.dyno.session(run.session)
    return DrivenRun(document, run_text(run, session, result, shown_of(counter)))
