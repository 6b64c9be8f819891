"""A scriptable dyno: bench, kept runs, what the store reads of them, sheets; no threads."""

from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from cartech_desk.bay.dyno import DynoSettings
from cartech_desk.bay.dyno_status import DynoSnapshot, LiveValue, Phase, SourceStatus
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.compare import Comparison, Driven, Repeatability
from cartech_desk.domain.dyno.corrections import Correction, Factor
from cartech_desk.domain.dyno.result import (
    AccelerationTime,
    Curve,
    Peak,
    QualityMark,
    RunResult,
    Smoothing,
    Uncertainty,
)
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    RpmSource,
    RunSetup,
    TestType,
    View,
)
from cartech_desk.domain.dyno.tables import Column, ColumnMeaning, Mapping, Proposal
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.people import Role as PersonRole
from cartech_desk.hardware.dyno.source import (
    Kind,
    SourceChannel,
    SourceHealth,
    SourceIdentity,
    SourceState,
)
from cartech_desk.store.dyno import DynoRun, DynoSession, RunEnding, RunSummary, SourceUsed

KW_PER_HP = 0.745699872
DRIVER = Actor("0192-t", "Tom Technician", PersonRole.TECHNICIAN)
WEATHER = Conditions(24.0, 98.4, 41.0, "weather station")
FACTORS = {
    "none": 1.0,
    "sae": 1.013,
    "sae2004": 1.013,
    "std": 1.038,
    "din": 1.026,
    "iso1585": 1.014,
    "r85": 1.014,
    "eec": 1.026,
    "iso_diesel": 1.008,
    "jis": 1.014,
}
CHANNELS = (
    (Role.SPEED, "dyno_speed", "Speed", "km/h", 300.0),
    (Role.RPM, "dyno_rpm", "Engine speed", "rpm", 9000.0),
    (Role.POWER, "dyno_power", "Power", "kW", 500.0),
    (Role.TORQUE, "dyno_torque", "Torque", "Nm", 800.0),
    (Role.AFR, "dyno_afr", "Air to fuel", "ratio", 22.0),
    (Role.TEMPERATURE, "dyno_temperature", "Air temperature", "degC", 60.0),
    (Role.PRESSURE, "dyno_pressure", "Station pressure", "kPa", 110.0),
    (Role.HUMIDITY, "dyno_humidity", "Humidity", "percent", 100.0),
)
JETDRIVE = SourceIdentity(
    Kind.DYNO, "Dynojet", "JETDRIVE provider “WinPEP”", "JETDRIVE, UDP", Tier.DOCUMENTED
)


def factor_of(correction, conditions=WEATHER, warnings=()):
    """A factor that is near enough to be looked at."""
    form = Correction(correction, f"{correction.upper()} (scripted)", correction.upper(), "", "")
    return Factor(form, FACTORS[correction], conditions, 1.2, 97.2, tuple(warnings))


def make_result(
    run_id="r1",
    *,
    peak_hp=272.0,
    peak_rpm=7032.0,
    view=None,
    upto=1.0,
    quality=(),
    warnings=(),
    has_rpm=True,
):
    """A pull of a turbo engine from 2000 to 7800 rpm; `upto` is how much of it has been driven."""
    view = View() if view is None else view
    points = max(2, round(400 * upto))
    t_s = np.linspace(0.0, 9.0 * upto, points)
    rpm = 2000.0 + (7800.0 - 2000.0) * t_s / 9.0
    shape = np.interp(
        rpm,
        [2000, 2800, 3600, 4500, 5500, 6400, peak_rpm, 7800],
        [0.13, 0.30, 0.47, 0.62, 0.78, 0.92, 1.0, 0.95],
    )
    power = peak_hp * KW_PER_HP / FACTORS["sae"] * shape
    torque = power * 1000.0 / (rpm * 2.0 * np.pi / 60.0)
    at = int(np.argmax(power))
    most = int(np.argmax(torque))
    speed = rpm / 38.0
    curve = Curve(
        t_s,
        speed,
        rpm if has_rpm else np.full_like(rpm, np.nan),
        power,
        torque,
        {
            "dyno_afr": np.interp(rpm, [2000, 3500, 7800], [14.6, 12.4, 11.6]),
            "boost": np.interp(rpm, [2000, 3500, 6500, 7800], [5.0, 138.0, 132.0, 118.0]),
        },
    )
    return RunResult(
        run_id=run_id,
        view=view,
        factor=factor_of(view.correction, warnings=warnings),
        smoothing=Smoothing(view.smoothing, (0.0, 0.1, 0.2, 0.3, 0.5, 0.8)[view.smoothing]),
        basis=Basis.DEVICE_POWER,
        rpm_source=RpmSource.TACH if has_rpm else RpmSource.NONE,
        estimate=EstimateBy.NONE,
        curve=curve,
        pull=(0.0, 9.0 * upto),
        peak_power=Peak(
            float(power[at]), float(rpm[at]), float(speed[at]), float(t_s[at]), 0.4,
            Uncertainty(1.1, 0.5, 0.8, 0.6),
        ),
        peak_torque=Peak(
            float(torque[most]), float(rpm[most]), float(speed[most]), float(t_s[most]), 0.4,
            Uncertainty(1.4, 0.6, 1.0, 0.8),
        ),
        times=(
            AccelerationTime("60-100mph_s", 5.721),
            AccelerationTime("0-60mph_s", None, "the run begins at 33 mph"),
        ),
        quality=tuple(quality),
        ratio_rpm_per_kmh=38.0,
        roles={role: name for role, name, *_ in CHANNELS},
    )  # fmt: skip


def make_session(session_id="s1", *, vehicle_name="Blue Civic", operator=None, **changes):
    """A session of power pulls."""
    words = {
        "vehicle_id": "v1",
        "started": datetime.now(UTC) - timedelta(minutes=12),
        "ended": None,
        "test_type": TestType.POWER_PULL,
        "setup": RunSetup(gear="4", conditions=WEATHER),
        "sources": (used(),),
        "fuel": "98 RON",
    }
    return DynoSession(
        id=session_id,
        vehicle_name=vehicle_name,
        operator=operator or DRIVER,
        **{**words, **changes},
    )


def used(alias="dyno", url="jetdrive://127.0.0.1:22344"):
    """The JETDRIVE dyno as a session remembers it."""
    one = JETDRIVE
    return SourceUsed(alias, url, one.kind, one.make, one.model, one.protocol, one.tier)


def make_run(run_id="r1", session="s1", number=1, *, peak_hp=272.0, peak_rpm=7032.0, **changes):
    """A run that was driven to its end."""
    result = make_result(run_id, peak_hp=peak_hp, peak_rpm=peak_rpm)
    words = {
        "name": f"Run {number}",
        "recording_id": f"rec-{run_id}",
        "first_ns": 0,
        "last_ns": 9_000_000_000,
        "started": datetime.now(UTC) - timedelta(minutes=10 - number),
        "ending": RunEnding.STOPPED,
        "tier": Tier.DOCUMENTED,
        "setup": RunSetup(gear="4", conditions=WEATHER),
        "sources": (used(),),
        "summary": RunSummary(
            result.peak_power.value,
            result.peak_power.rpm,
            result.peak_torque.value,
            result.peak_torque.rpm,
        ),
    }
    return DynoRun(id=run_id, session=session, number=number, **{**words, **changes})


def make_source(alias="dyno", state=SourceState.CONNECTED, **changes):
    """A JETDRIVE dyno on the bench."""
    channels = tuple(
        SourceChannel(Channel(name, label, unit, 0.0, most, 1, "JETDRIVE"), role, 100.0)
        for role, name, label, unit, most in CHANNELS
    )
    words = {
        "url": "jetdrive://127.0.0.1:22344",
        "identity": JETDRIVE,
        "channels": channels,
        "health": SourceHealth(readings=41_230, latency_s=0.0021),
        "last_ns": monotonic_ns(),
        "rate_hz": 800.0,
    }
    return SourceStatus(alias=alias, state=state, **{**words, **changes})


def live_values(speed=0.0, rpm=850.0, power=0.0, torque=0.0, afr=14.7, boost=-60.0, **stale):
    """What comes from the bench right now."""
    numbers = {
        Role.SPEED: (speed, "km/h"),
        Role.RPM: (rpm, "rpm"),
        Role.POWER: (power, "kW"),
        Role.TORQUE: (torque, "Nm"),
        Role.AFR: (afr, "ratio"),
        Role.BOOST: (boost, "kPa"),
        Role.TEMPERATURE: (24.0, "degC"),
        Role.PRESSURE: (98.4, "kPa"),
        Role.HUMIDITY: (41.0, "percent"),
    }
    return {
        role: LiveValue(
            role,
            "boost" if role is Role.BOOST else f"dyno_{role.value}",
            value,
            unit,
            stale.get(role.value, 0.05),
            role.value in stale,
        )
        for role, (value, unit) in numbers.items()
    }


class ScriptedDyno:
    """The methods of `bay.dyno`: `now` is the picture that a test sets, `calls` what was asked.

    Acts end at once and well and move `now` on; `refuse` makes the next one end with that error,
    `raises` makes the next call raise it at once. With `instant` off `waiting` is the Future that
    a test ends.
    """

    def __init__(self, book):
        self.book = book
        self.now = DynoSnapshot()
        self.calls = []
        self.refuse = None
        self.raises = None
        self.instant = True
        self.waiting = Future()
        self.settings = DynoSettings()

    def use_settings(self, settings):
        self.settings = settings

    def snapshot(self, now_ns):
        return self.now

    def _act(self, name, *words, result=None):
        self.calls.append((name, *words))
        raises, self.raises = self.raises, None
        if raises is not None:
            raise raises
        future = self.waiting = Future()
        error, self.refuse = self.refuse, None
        if error is not None:
            future.set_exception(error)
        elif self.instant:
            future.set_result(result)
        return future

    def _goes_well(self):
        return self.refuse is None and self.raises is None

    def connect(self, url):
        source = make_source(url=url)
        if self._goes_well():
            self.bench(source)
        return self._act("connect", url, result=source)

    def disconnect(self, alias):
        rest = tuple(one for one in self.now.sources if one.alias != alias)
        if self._goes_well():
            self.now = replace(self.now, sources=rest)
        return self._act("disconnect", alias)

    def start_session(self, wish, by):
        session = _session_of(wish, by, f"s{len(self.book.all_sessions) + 1}")
        if self._goes_well():
            self.book.all_sessions.insert(0, session)
            self.now = replace(self.now, session=session, can_start=True, why_not="")
        return self._act("start_session", wish, by, result=session)

    def change_session(self, wish, by):
        now = self.now.session
        session = _session_of(wish, by, now.id if now is not None else "s1")
        if self._goes_well():
            self.now = replace(self.now, session=session)
        return self._act("change_session", wish, by, result=session)

    def stop_session(self, by):
        session = self.now.session
        if self._goes_well():
            self.now = replace(self.now, session=None, phase=Phase.IDLE)
        return self._act("stop_session", by, result=session)

    def start(self, by):
        self.calls.append(("start", by))
        future = self.waiting = Future()
        error, self.refuse = self.refuse, None
        if error is not None:
            future.set_exception(error)
        elif self.now.phase is Phase.ARMED:
            self.running()
            future.set_result(self.now.run_id)
        else:
            self.now = replace(self.now, phase=Phase.ARMED)
        return future

    def stop(self, by):
        run_id = self.now.run_id
        if self._goes_well():
            phase = Phase.SAVING if self.now.phase is Phase.RUNNING else Phase.IDLE
            self.now = replace(self.now, phase=phase)
        return self._act("stop", by, result=run_id)

    # What a test lets happen

    def bench(self, *sources, **changes):
        """These sources stand on the bench, with the values that come from them."""
        values = changes.pop("values", live_values())
        self.now = replace(self.now, sources=sources, values=values, conditions=WEATHER, **changes)

    def session(self, session=None, **changes):
        """A session is under way, with a dyno on the bench; Start would be taken."""
        made = session or make_session()
        if made not in self.book.all_sessions:
            self.book.all_sessions.insert(0, made)
        self.bench(make_source(), session=made, can_start=True, **changes)
        return made

    def running(self, run_id="r9", upto=0.5, *, peak_hp=276.0, **values):
        """A run is being driven and has come so far."""
        live = make_result(run_id, peak_hp=peak_hp, upto=upto)
        curve = live.curve
        now = {
            "speed": float(curve.speed_kmh[-1]),
            "rpm": float(curve.rpm[-1]),
            "power": float(curve.power_kw[-1]),
            "torque": float(curve.torque_nm[-1]),
            "afr": float(curve.others["dyno_afr"][-1]),
            "boost": float(curve.others["boost"][-1]),
        }
        self.now = replace(
            self.now,
            phase=Phase.RUNNING,
            run_id=run_id,
            run_name=f"Run {len(self.book.kept) + 1}",
            run_since_ns=monotonic_ns() - round(9e9 * upto),
            values=live_values(**{**now, **values}),
            power_kw=now["power"],
            torque_nm=now["torque"],
            live=live,
        )

    def ended(self, run=None, **changes):
        """The run is over and kept; the bench waits again."""
        run = run or make_run(
            self.now.run_id or "r9",
            self.now.session.id if self.now.session is not None else "s1",
            len(self.book.kept) + 1,
            peak_hp=276.0,
        )
        self.book.kept.insert(0, run)
        self.now = replace(
            self.now, phase=Phase.IDLE, run_id="", run_name="", live=None, last_run=run.id,
            values=live_values(), **changes,
        )  # fmt: skip
        return run


def _session_of(wish, by, session_id):
    return make_session(
        session_id,
        operator=by,
        vehicle_id=wish.vehicle_id,
        started=datetime.now(UTC),
        test_type=wish.test_type,
        setup=wish.setup,
        run_prefix=wish.run_prefix,
        fuel=wish.fuel,
        tyre_kpa=wish.tyre_kpa,
        odometer_km=wish.odometer_km,
        modifications=wish.modifications,
        customer=wish.customer,
        notes=wish.notes,
    )


class ScriptedDynoBook:
    """What `store.dyno` reads, over two lists: `all_sessions` and `kept`, the newest first."""

    def __init__(self):
        self.all_sessions = []
        self.kept = []
        self.deleted = []

    def sessions(self, search="", *, vehicle_id=""):
        words = search.lower().split()
        return tuple(
            one
            for one in self.all_sessions
            if (not vehicle_id or one.vehicle_id == vehicle_id)
            and all(word in f"{one.vehicle_name} {one.notes}".lower() for word in words)
        )

    def session(self, session_id):
        return next(one for one in self.all_sessions if one.id == session_id)

    def runs(self, session_id, *, deleted=False):
        found = [one for one in (*self.kept, *self.deleted) if one.session == session_id]
        found = [one for one in found if one.deleted == deleted]
        return tuple(sorted(found, key=lambda one: one.number))

    def all_runs(self):
        return tuple(self.kept)

    def latest(self, most, with_runs=(), search=""):
        from cartech_desk.store.dyno_latest import Latest

        older = len(self.all_sessions) > most
        return Latest(tuple(self.all_sessions), tuple(self.kept), older)

    def run(self, run_id):
        return next(one for one in self.kept if one.id.startswith(run_id))

    def runs_of_recording(self, recording_id):
        found = (one for one in (*self.kept, *self.deleted) if one.recording_id == recording_id)
        return tuple(found)

    def open_runs(self):
        return tuple(one for one in self.kept if one.ending is RunEnding.OPEN)


class ScriptedRuns:
    """The methods of `bay.runs` over a book; results are made of the summaries.

    `refuse` makes the next act or reading raise that error. `proposal` is what a file looks like.
    """

    def __init__(self, book):
        self.book = book
        self.calls = []
        self.refuse = None
        self.quality = {}
        self.warnings = ()
        self.proposal = PROPOSAL

    def _told(self, name, *words):
        self.calls.append((name, *words))
        error, self.refuse = self.refuse, None
        if error is not None:
            raise error

    def result(self, run_id, view):
        self._told("result", run_id, view)
        run = self.book.run(run_id)
        hp = (run.summary.peak_power_kw or 150.0) / KW_PER_HP * FACTORS["sae"]
        return make_result(
            run.id,
            peak_hp=hp,
            peak_rpm=run.summary.peak_power_rpm or 7032.0,
            view=view,
            quality=self.quality.get(run.id, ()),
            warnings=self.warnings,
        )

    def compare(self, a, b, view):
        self._told("compare", a, b, view)
        return make_comparison(self.result(a, view), self.result(b, view))

    def repeatability(self, run_ids, view):
        self._told("repeatability", tuple(run_ids), view)
        results = [self.result(run_id, view) for run_id in run_ids]
        powers = np.array([one.curve.power_kw for one in results])
        peaks = [one.peak_power.value for one in results]
        return Repeatability(
            len(results), "rpm", results[0].curve.rpm, powers.mean(axis=0),
            powers.std(axis=0, ddof=1), float(np.mean(peaks)), float(np.std(peaks, ddof=1)),
            float(np.std(peaks, ddof=1) / np.mean(peaks) * 100.0), None,
        )  # fmt: skip

    def driven(self, run):
        session = self.book.session(run.session)
        return Driven(
            run.name, "Dynojet", run.setup.gear, session.vehicle_name, session.fuel,
            run.setup.test_type.value,
        )  # fmt: skip

    def change(self, run, by, reason=""):
        self._told("change", run, by, reason)
        changed = replace(run, version=run.version + 1)
        self.book.kept = [changed if one.id == run.id else one for one in self.book.kept]
        return changed

    def delete(self, run_id, by, reason=""):
        self._told("delete", run_id, by, reason)
        require(by, Act.DELETE)
        run = self.book.run(run_id)
        self.book.kept.remove(run)
        self.book.deleted.append(replace(run, deleted=True))

    def restore(self, run_id, by):
        self._told("restore", run_id, by)
        run = next(one for one in self.book.deleted if one.id == run_id)
        self.book.deleted.remove(run)
        self.book.kept.insert(0, replace(run, deleted=False))

    def propose(self, path):
        self._told("propose", path)
        return self.proposal

    def import_file(
        self,
        path,
        mapping,
        by,
        *,
        session=None,
        vehicle_id="",
        remember=True,
        progress=None,
        **_what,
    ):
        self._told("import_file", path, mapping, by, session, vehicle_id)
        run = make_run(
            f"i{len(self.book.kept) + 1}",
            session.id if session is not None else "s1",
            len(self.book.kept) + 1,
            name=path.stem,
            tier=Tier.IMPORTED,
            ending=RunEnding.IMPORTED,
            file=path.name,
        )
        self.book.kept.insert(0, run)
        return run

    def settle(self):
        return 0


class ScriptedSheets:
    """The methods of `bay.sheets`: what was asked is remembered, a file with nothing in it made."""

    def __init__(self, runs):
        self.runs = runs
        self.calls = []
        self.refuse = None

    def sheet(self, run_ids, view, by, **wishes):
        from cartech_desk.reports.dyno_sheet import Paper, SheetRun, Shop
        from cartech_desk.reports.dyno_sheet import Sheet as DynoSheet

        self.calls.append(("sheet", tuple(run_ids), view, by, wishes))
        error, self.refuse = self.refuse, None
        if error is not None:
            raise error
        book = self.runs.book
        shown = tuple(
            SheetRun(run, book.session(run.session), self.runs.result(run.id, view))
            for run in map(book.run, run_ids)
        )
        return DynoSheet(
            Shop("Northside Tuning"), shown, datetime(2026, 11, 22, 10, 0, tzinfo=UTC), by.name,
            paper=wishes.get("paper", Paper.A4),
        )  # fmt: skip

    def write(self, sheet, path, by):
        self.calls.append(("write", path, by))
        error, self.refuse = self.refuse, None
        if error is not None:
            raise error
        path.write_bytes(b"")
        return path


def make_comparison(a, b):
    """The second run beside the first, on the whole range of both."""
    x = a.curve.rpm
    powers = [one.curve.power_kw * one.factor.value for one in (a, b)]
    torques = [one.curve.torque_nm * one.factor.value for one in (a, b)]
    gain = powers[1] - powers[0]
    best, worst = int(np.argmax(gain)), int(np.argmin(gain))
    return Comparison(
        axis="rpm",
        x=x,
        a_power_kw=powers[0],
        b_power_kw=powers[1],
        a_torque_nm=torques[0],
        b_torque_nm=torques[1],
        power_gain_kw=gain,
        torque_gain_nm=torques[1] - torques[0],
        average_a_kw=float(powers[0].mean()),
        average_b_kw=float(powers[1].mean()),
        average_a_nm=float(torques[0].mean()),
        average_b_nm=float(torques[1].mean()),
        best_gain_kw=float(gain[best]),
        best_gain_at=float(x[best]),
        worst_gain_kw=float(gain[worst]),
        worst_gain_at=float(x[worst]),
        area_gain_kw_x=float(np.sum((gain[1:] + gain[:-1]) / 2.0 * np.diff(x))),
    )


SLIPS = QualityMark(
    "slips", "slips", "The speed jumped 3 times by more than 1 km/h and was repaired."
)
SHORT = QualityMark("short", "short", "The pull lasts 1.4 s; 3 s are needed.", grave=True)
PROPOSAL = Proposal(
    "WinPEP 8",
    (Column(0, "Time", 900, 0.0, 9.0), Column(1, "RPM", 900, 2.0, 7.8)),
    Mapping(
        0,
        "s",
        (ColumnMeaning(1, Role.RPM, "rpm", 1000.0, sure=True, why="the header says krpm"),),
    ),
    900,
)


def put_dyno_on(bay):
    """Give a scripted bay its dyno, runs and sheets; `bay.book` is what the store shall read."""
    bay.book = ScriptedDynoBook()
    bay.dyno = ScriptedDyno(bay.book)
    bay.runs = ScriptedRuns(bay.book)
    bay.sheets = ScriptedSheets(bay.runs)
