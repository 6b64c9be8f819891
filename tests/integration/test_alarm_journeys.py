"""Alarms that must come and alarms that must not, from the simulated car to the technician.

Every scenario runs through the whole way of a sample: the car behind its ELM327, the adapter's
driver, the scheduler, the feed, the limit watch, the history. The limits are those that the desk
brings along for a turbo petrol engine, and some of the vehicle's own. What must come when is known
from resources/sim/scripts.toml; what came is printed as a table (`-rA`).
"""

import json
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pytest

from cartech_desk.app.main import main
from cartech_desk.bay.alarm_status import StandingAlarm
from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.domain.alarms.limit import Comparison, Level, Limit
from cartech_desk.domain.alarms.watch import SignalFault
from cartech_desk.domain.people import Actor, Role
from cartech_desk.hardware.sim.link import park, tow_away
from cartech_desk.hardware.sim.options import parse_options
from cartech_desk.store.recordings import MarkKind, RecordingSummary
from cartech_desk.store.store import Store

MANAGER: Final = Actor("m", "Mo Manager", Role.MANAGER)
LOOK_S: Final = 0.01
LATE_S: Final = 0.3
"""Beyond a sampling period a busy machine may be so late; a quiet one is not late at all."""
HELD_UP_S: Final = 0.15
"""Where a thread that asked for 10 ms had to wait so much longer, the machine was too busy: the
car's steps, its answers and the desk were held up alike, and when an alarm came says nothing."""
TRIES: Final = 4
"""So often a journey that was held up is driven; the last time counts in any case."""
EARLY_S: Final = 0.03
"""The car moves in steps of 10 ms, and a sensor's byte turns at half a unit."""


@dataclass(frozen=True)
class Must:
    """An alarm that must come. Times are of the script's clock, None where they do not matter.

    `rate_hz` is that of its channel: the alarm comes within a period of it. `asked_again_s` is how
    long a request that was refused may rest before it is made again, `found_out_s` for how long
    unanswered requests are waited for.
    """

    label: str
    level: Level
    at_s: float
    rate_hz: float = 10.0
    trip_s: float | None = None
    gone_s: float | None = None
    asked_again_s: float = 0.0
    found_out_s: float = 0.0
    fault: SignalFault | None = None


@dataclass(frozen=True)
class Journey:
    """One scenario: how long it is watched, what is asked, which alarms must come (no others)."""

    script: str
    until_s: float
    rates_hz: Mapping[str, float]
    must: tuple[Must, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    own: tuple[Limit, ...] = ()
    switched_off: bool = False
    """The key is turned at the end, and the car watched for some seconds more."""


@dataclass
class Came:
    """One alarm that came, with the script's times."""

    alarm: StandingAlarm
    at_s: float
    trip_s: float | None = None


@dataclass
class Outcome:
    """What a journey brought."""

    came: dict[str, Came] = field(default_factory=dict)
    recording: RecordingSummary | None = None
    problem: str = ""
    held_up_s: float = 0.0
    """For how long at most the machine let the journey's thread wait."""


ENGINE_GONE: Final = "The engine's control unit stopped answering while the engine ran"
OFF_FOR_S: Final = 5.0
SILENT_S: Final = 5.4
"""Half a second without a value since the last one, which came in the period before 5.0 s."""

COOLANT_AT_ONCE: Final = Limit(
    "coolant_at_once",
    "temp",
    Comparison.ABOVE,
    warning=110.0,
    deadband=3.0,
    off_delay_s=1.0,
    label="Coolant at once",
    rate_hz=10.0,
)
LOW_BOOST: Final = Limit(
    "charge_pressure",
    "BP_A_ACT",
    Comparison.ABOVE,
    warning=250.0,
    deadband=5.0,
    label="Charge pressure",
    rate_hz=10.0,
)
FAST: Final = {"rpm": 25.0, "map": 25.0, "lambda": 50.0}
PULL: Final = {"rpm": 10.0, "map": 25.0, "barometer": 0.5, "boost": 25.0, "lambda": 25.0}
SLOW: Final = {"rpm": 5.0, "temp": 10.0, "lambda": 10.0}

JOURNEYS: Final = (
    Journey("pull", 11.5, PULL),
    Journey(
        "overboost",
        11.5,
        PULL,
        (Must("Over-boost", Level.TRIP, 6.58, 25.0, trip_s=6.71, gone_s=10.85),),
    ),
    Journey(
        "lean_80ms",
        10.0,
        FAST,
        (
            Must("Lean under boost", Level.WARNING, 8.0, 50.0, gone_s=8.28),
            Must("Lean under load", Level.WARNING, 8.0, 50.0, gone_s=8.28),
        ),
    ),
    Journey(
        "lean_600ms",
        10.0,
        FAST,
        (
            Must("Lean under boost", Level.TRIP, 8.0, 50.0, trip_s=8.5, gone_s=8.8),
            Must("Lean under load", Level.TRIP, 8.0, 50.0, trip_s=8.5, gone_s=8.8),
        ),
    ),
    Journey(
        "overheating",
        44.0,
        SLOW,
        # Four times as fast as real, while delays are real: 3 s are 12 s of the script, 1 s is 4 s.
        (Must("Coolant hot", Level.TRIP, 17.2 + 12.0, 10.0, trip_s=36.9 + 4.0),),
        options={"clock": "4"},
    ),
    Journey("flapping", 14.5, SLOW),
    Journey(
        "flapping",
        14.5,
        SLOW,
        (Must("Coolant at once", Level.WARNING, 4.0, 10.0, gone_s=13.0),),
        own=(COOLANT_AT_ONCE,),
    ),
    Journey(
        "sensor_dies",
        12.5,
        SLOW,
        (
            Must(
                "Lambda",
                Level.WARNING,
                SILENT_S,
                gone_s=10.0,
                asked_again_s=2.5,
                fault=SignalFault.STALE,
            ),
        ),
    ),
    Journey(
        "sensor_no_value",
        12.5,
        SLOW,
        (
            Must(
                "Lambda",
                Level.WARNING,
                SILENT_S,
                gone_s=10.0,
                asked_again_s=2.5,
                fault=SignalFault.INVALID,
            ),
        ),
    ),
    # Its silence is doubted after a second, and strange where others answer a second later.
    Journey(
        "ecu_dies",
        12.5,
        SLOW,
        (
            Must(
                ENGINE_GONE,
                Level.TRIP,
                7.0,
                trip_s=7.0,
                gone_s=10.0,
                asked_again_s=1.5,
                found_out_s=0.8,
            ),
        ),
    ),
    # At speed the engine's silence alone is enough, and the whole car's says the same.
    Journey(
        "ecu_dies_at_speed",
        14.5,
        SLOW,
        (
            Must(
                ENGINE_GONE,
                Level.TRIP,
                9.0,
                trip_s=9.0,
                gone_s=12.0,
                asked_again_s=1.5,
                found_out_s=0.8,
            ),
        ),
    ),
    Journey("idle", 5.0, SLOW, switched_off=True),
    Journey(
        "pull",
        8.0,
        SLOW,
        (Must(ENGINE_GONE, Level.TRIP, 9.0, trip_s=9.0, found_out_s=0.8),),
        switched_off=True,
    ),
    Journey(
        "sensor_not_available",
        12.5,
        {"rpm": 5.0, "BP_A_ACT": 10.0},
        (
            Must(
                "Boost pressure A (absolute)",
                Level.WARNING,
                SILENT_S,
                10.0,
                gone_s=10.0,
                fault=SignalFault.INVALID,
            ),
        ),
        own=(LOW_BOOST,),
    ),
)


def name_of(journey: Journey) -> str:
    own = "_own_limit" if journey.own and journey.script == "flapping" else ""
    return f"{journey.script}{own}{'_switched_off' if journey.switched_off else ''}"


def run(journey: Journey, folder: Path) -> Outcome:
    """Drive one scenario from connecting to the end of its recording."""
    name, outcome = f"journey-{name_of(journey)}", Outcome()
    options = {"script": journey.script, **journey.options}
    plug = park(name, parse_options(options))
    store = Store(folder)
    bay = Bay(store, BaySettings())
    try:
        vehicle = store.vehicles.by_name("The car").id
        store.limits.set_profile(vehicle, "turbo_petrol", MANAGER)
        if journey.own:
            store.limits.put("vehicle", vehicle, journey.own, MANAGER)
        bay.start()
        bay.use_operator(MANAGER)
        bay.alarms.use_vehicle(vehicle)
        query = "&".join(f"{key}={value}" for key, value in options.items())
        bay.connect(f"sim:{name}?{query}").result(20)
        bay.watch(journey.rates_hz)
        bay.start_recording(vehicle).result(10)
        car, clock = plug.car.vehicle, int(journey.options.get("clock", "1"))
        off_s: float | None = None
        while off_s is None or time.monotonic() - off_s < OFF_FOR_S:
            if car.state.time_s >= journey.until_s and off_s is None:
                if not journey.switched_off:
                    break
                plug.car.switch_ignition(on=False)
                off_s = time.monotonic()
            for alarm in bay.alarms.snapshot().standing:
                at_s = (alarm.raised_ns - car.when_ns(0.0)) / 1e9 * clock
                first = alarm.id not in outcome.came
                came = outcome.came.setdefault(alarm.id, Came(alarm, at_s))
                came.alarm = alarm
                if came.trip_s is None and max(alarm.level, alarm.worst) is Level.TRIP:
                    # The car's own clock lags a little while nobody asks it.
                    came.trip_s = at_s if first else car.state.time_s
            asked_s = time.monotonic()
            time.sleep(LOOK_S)
            held_up_s = time.monotonic() - asked_s - LOOK_S
            outcome.held_up_s = max(outcome.held_up_s, held_up_s)
        outcome.recording = store.recordings.get(bay.stop_recording().result(10))
    except Exception as error:
        outcome.problem = repr(error)
    finally:
        bay.stop()
        store.close()
        tow_away(name)
    return outcome


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Outcome]:
    """All journeys at once: each takes its dozen seconds, and mostly waits."""
    found: dict[str, Outcome] = {}

    def go(journey: Journey, folder: Path) -> None:
        found[name_of(journey)] = run(journey, folder)

    waiting: Sequence[Journey] = JOURNEYS
    for _ in range(TRIES):
        threads = [
            threading.Thread(target=go, args=(journey, tmp_path_factory.mktemp("journey")))
            for journey in waiting
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        waiting = [one for one in waiting if was_held_up(one, found)]
    return found


def was_held_up(journey: Journey, outcomes: Mapping[str, Outcome]) -> bool:
    outcome = outcomes.get(name_of(journey))
    return outcome is None or outcome.held_up_s > HELD_UP_S


def gone_s(came: Came, journey: Journey) -> float | None:
    alarm = came.alarm
    if alarm.returned is None:
        return None
    lasted_s = (alarm.returned - alarm.raised).total_seconds()
    return came.at_s + lasted_s * int(journey.options.get("clock", "1"))


def told(value: float | None) -> str:
    return "     -" if value is None or not math.isfinite(value) else f"{value:6.2f}"


def table(journeys: Sequence[Journey], outcomes: Mapping[str, Outcome]) -> str:
    lines = [
        f"{'scenario':<24}{'alarm':<20}{'worst':<9}{'came':>7}{'trip':>8}{'gone':>8}"
        "  value (held up)"
    ]
    for journey in journeys:
        came = outcomes[name_of(journey)].came.values()
        held_up = f"{1000 * outcomes[name_of(journey)].held_up_s:.0f} ms"
        lines += [
            f"{name_of(journey):<24}{one.alarm.label[:19]:<20}{one.alarm.worst.name.lower():<9}"
            f"{told(one.at_s):>7}{told(one.trip_s):>8}{told(gone_s(one, journey)):>8}"
            f"  {one.alarm.worst_value:.4g} {one.alarm.unit} ({held_up})"
            for one in came
        ] or [f"{name_of(journey):<24}none ({held_up})"]
    return "\n".join(lines)


def test_what_came_is_shown_as_a_table(outcomes: Mapping[str, Outcome]) -> None:
    print(table(JOURNEYS, outcomes))  # noqa: T201 - for whoever reads the test's output
    assert {name: one.problem for name, one in outcomes.items() if one.problem} == {}
    assert len(outcomes) == len(JOURNEYS)


@pytest.mark.parametrize("journey", JOURNEYS, ids=name_of)
def test_the_alarms_that_must_come_and_no_others(
    journey: Journey, outcomes: Mapping[str, Outcome]
) -> None:
    came = sorted(outcomes[name_of(journey)].came.values(), key=lambda one: one.at_s)
    assert [one.alarm.label for one in came] == [must.label for must in journey.must]
    clock = int(journey.options.get("clock", "1"))
    for one, must in zip(came, journey.must, strict=True):
        late_s = (1 / must.rate_hz + LATE_S + must.found_out_s) * clock
        assert max(one.alarm.level, one.alarm.worst) is must.level
        assert one.alarm.fault is must.fault
        assert one.alarm.times == 1
        assert must.at_s - EARLY_S * clock <= one.at_s <= must.at_s + late_s
        if must.trip_s is None:
            assert one.trip_s is None
        else:
            assert one.trip_s is not None
            assert must.trip_s - EARLY_S * clock <= one.trip_s <= must.trip_s + late_s
        if must.gone_s is not None:
            gone = gone_s(one, journey)
            assert gone is not None
            assert (
                must.gone_s - EARLY_S * clock <= gone <= must.gone_s + must.asked_again_s + late_s
            )


def test_an_alarm_marks_its_recording_with_ten_seconds_before_and_after(
    outcomes: Mapping[str, Outcome],
) -> None:
    outcome = outcomes["overboost"]
    assert outcome.recording is not None
    (mark,) = outcome.recording.alarms
    (came,) = outcome.came.values()
    assert came.alarm.label in mark.note
    assert mark.kind is MarkKind.ALARM
    assert mark.t_end_ns is not None
    assert mark.t_end_ns - mark.t_ns > 10_000_000_000  # the beginning is cut to the recording's
    assert outcome.recording.operator == MANAGER.name


def test_the_command_line_tells_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path, tmp_path / "keys")
    vehicle = store.vehicles.by_name("The car").id
    store.limits.set_profile(vehicle, "turbo_petrol", MANAGER)
    at_once = replace(COOLANT_AT_ONCE, to_do="Let it idle and look at the fan.")
    store.limits.put("vehicle", vehicle, [at_once], MANAGER)
    store.close()
    words = ["log", "--adapter", "sim:?script=flapping", "--channels", "temp", "--seconds", "7"]
    words += ["--vehicle", "The car", "--out", str(tmp_path / "a.csv"), "--json"]
    settings = tmp_path / "settings.toml"
    assert main(["--data", str(tmp_path), "--settings", str(settings), *words]) == 0
    said = capsys.readouterr()
    (alarm,) = json.loads(said.out)["alarms"]
    assert (alarm["label"], alarm["level"], alarm["value"]) == ("Coolant at once", "warning", 111.0)
    assert 0.0 < alarm["at_s"] < 4.5
    assert alarm["to_do"] == at_once.to_do
    (line,) = [line for line in said.err.splitlines() if "Coolant at once" in line]
    assert line.startswith("▲ Warning: Coolant at once")
    assert at_once.to_do in line
