"""A vehicle's power over time, runs beside each other, and the reports of both."""

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.domain.alarms.profiles import profiles
from cartech_desk.domain.dyno.compare import NotComparable
from cartech_desk.domain.dyno.corrections import NoCorrection
from cartech_desk.domain.dyno.run import Conditions, RunSetup, TestType, View
from cartech_desk.domain.people import NOBODY, Actor, NotSignedIn, Role
from cartech_desk.domain.performance.advice import NO_RUN
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.performance import RUNS_MOST, Performance
from cartech_desk.reports.selection import ExportRefused
from cartech_desk.store.errors import NotKept
from cartech_desk.store.store import Store
from tests.ui.dyno_double import WEATHER, ScriptedRuns, make_run, make_session, used

BOSS = Actor("boss", "Ada", Role.MANAGER)
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


class Kept:
    """Sessions of one vehicle in a store, each with runs of given power."""

    def __init__(self, store):
        self.store = store

    def car(self, name="Blue Civic"):
        return self.store.vehicles.by_name(name).id

    def session(self, vehicle, days_ago, *hp, conditions=WEATHER, quality=(), bench="", **setup):
        started = NOW - timedelta(days=days_ago)
        source = used() if not bench else replace(used(), make=bench, model="")
        kept = self.store.dyno.begin_session(
            make_session("", vehicle_id=vehicle, started=started, sources=(source,)), BOSS
        )
        for number, power in enumerate(hp, 1):
            run = make_run("", kept.id, 0, peak_hp=power, started=started, sources=(source,))
            run = replace(
                run,
                name="",
                setup=RunSetup(conditions=conditions, **setup),
                summary=replace(run.summary, conditions=conditions, quality=quality),
                samples_sha256=f"{days_ago}-{number}",
            )
            self.store.dyno.add_run(run, BOSS)
        return kept.id

    def fit(self, vehicle, days_ago, kind, brand):
        with self.store._desk.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO modification (id, vehicle_id, type, brand, model, fitted, created) "
                "VALUES (?, ?, ?, ?, '', ?, '2026-01-01T00:00:00+00:00')",
                (brand, vehicle, kind, brand, f"{(NOW - timedelta(days=days_ago)).date()}"),
            )


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("performance")
    made = Store(folder / "desk", folder / "keys")
    yield made
    made.close()


@pytest.fixture
def kept(store):
    return Kept(store)


@pytest.fixture
def room(store):
    return Performance(store, ShopRules).through(ScriptedRuns(store.dyno))


@pytest.fixture
def car(kept, request):
    return kept.car(request.node.name)


def test_each_session_is_a_point_with_what_was_fitted_by_then(kept, room, car):
    kept.session(car, 300, 200.0)
    kept.fit(car, 200, "turbo", "Garrett")
    kept.session(car, 100, 260.0, 258.0)
    history = room.history(car, correction="none")
    first, second = history.points
    assert (first.mods, second.mods) == ((), ("turbo Garrett",))
    assert second.runs == 2
    assert second.power_kw > first.power_kw
    assert second.spread_pct == pytest.approx(100 * 2 / 260, rel=0.01)
    assert history.gains[0].fitted == ("turbo Garrett",)
    assert history.whole.power_pct == pytest.approx(30.0, rel=0.01)


def test_all_points_are_under_the_same_correction(kept, room, car):
    hot, cold = Conditions(38.0, 97.0, 60.0, "typed"), Conditions(5.0, 102.0, 40.0, "typed")
    kept.session(car, 200, 200.0, conditions=hot)
    kept.session(car, 100, 200.0, conditions=cold)
    raw = room.history(car, correction="none").points
    sae = room.history(car, correction="sae").points
    assert raw[0].power_kw == pytest.approx(raw[1].power_kw)
    assert sae[0].power_kw > sae[1].power_kw


def test_a_session_without_weather_is_in_no_gain_of_corrected_ones(kept, room, car):
    kept.session(car, 300, 200.0)
    kept.session(car, 200, 210.0)
    kept.session(car, 100, 260.0, conditions=Conditions())
    history = room.history(car)
    assert "weather" in history.points[2].unlike
    assert history.whole.after == history.points[1].session_id
    assert history.warnings
    assert not any(one.unlike for one in room.history(car, correction="none").points)


def test_a_session_of_runs_with_a_grave_mark_says_so(kept, room, car):
    kept.session(car, 100, 400.0, quality=(("wheel_spin", "wheel spin", True),))
    assert "wheel spin" in room.history(car).points[0].unlike


def test_coast_downs_and_deleted_runs_are_no_points(kept, room, car, store):
    kept.session(car, 200, 200.0, test_type=TestType.COAST_DOWN)
    session = kept.session(car, 100, 220.0)
    store.dyno.delete_run(store.dyno.runs(session)[0].id, BOSS)
    assert room.history(car).points == ()


def test_another_dyno_is_told_apart(kept, room, car):
    for days in (300, 200):
        kept.session(car, days, 200.0)
    kept.session(car, 100, 260.0, bench="Mustang")
    assert "no two brands" in room.history(car).points[2].unlike


def test_an_unknown_vehicle_or_correction_is_refused(room, car):
    with pytest.raises(NotKept):
        room.history("nobody")
    with pytest.raises(NoCorrection):
        room.history(car, correction="better")


def test_vehicles_that_were_on_the_dyno_are_found_by_words(kept, room, car):
    kept.session(car, 1, 200.0)
    found, total = room.vehicles(room._store.vehicles.get(car).name[:12])
    assert total >= 1
    assert car in {one.vehicle_id for one in found}
    assert room.vehicles("zzz nothing")[1] == 0


def test_runs_lie_beside_each_other_on_what_they_share(kept, room, car, store):
    first, second = kept.session(car, 200, 200.0), kept.session(car, 100, 260.0)
    found = room.compare(session_ids=[first, second])
    assert [one.gain is None for one in found.runs] == [True, False]
    assert found.low < found.high
    assert found.runs[0].label.endswith("2026-05-04")


def test_vehicles_are_compared_by_the_best_run_of_their_last_session(kept, room, car, store):
    other = kept.car("another car")
    kept.session(car, 200, 300.0)
    last = kept.session(car, 100, 250.0, 260.0, 255.0)
    kept.session(other, 50, 210.0)
    found = room.compare(vehicle_ids=[car, other], view=View())
    assert found.runs[0].run.id == store.dyno.runs(last)[1].id


def test_what_is_corrected_is_never_set_off_against_what_is_not(kept, store, room, car):
    first = kept.session(car, 200, 200.0)
    second = kept.session(car, 100, 260.0, conditions=Conditions())
    runs = ScriptedRuns(store.dyno)
    bare = store.dyno.runs(second)[0].id
    result, compare = runs.result, runs.compare

    def told(run_id, view):
        found = result(run_id, view)
        if run_id != bare:
            return found
        return replace(found, factor=replace(found.factor, why_not="no weather", value=1.0))

    runs.result = told
    runs.compare = lambda a, b, view: replace(compare(a, b, view), warnings=("Not alike.",))
    one = Performance(store, ShopRules).through(runs).compare(session_ids=[first, second]).runs[1]
    assert one.gain is None
    assert one.why_not == "Not alike."


def test_runs_that_share_nothing_say_so(kept, store, room, car):
    first, second = kept.session(car, 200, 200.0), kept.session(car, 100, 260.0)
    runs = ScriptedRuns(store.dyno)

    def refuse(*_):
        raise NotComparable("They have no range in common.", to_do="Drive further.")

    runs.compare = refuse
    one = Performance(store, ShopRules).through(runs).compare(session_ids=[first, second]).runs[1]
    assert one.why_not == "They have no range in common."


def test_nothing_and_too_much_cannot_be_compared(kept, room, car, store):
    with pytest.raises(NotComparable):
        room.compare()
    with pytest.raises(NotComparable):
        room.compare(vehicle_ids=[car])
    ids = [store.dyno.runs(kept.session(car, day, 200.0))[0].id for day in range(RUNS_MOST + 1)]
    with pytest.raises(NotComparable):
        room.compare(run_ids=ids)


def test_advice_comes_from_the_last_session_or_the_one_named(kept, room, car):
    first = kept.session(car, 200, 200.0, 190.0)
    kept.session(car, 100, 260.0)
    assert "power_fades" not in [one.rule for one in room.advice(car)[0]]
    fades = [one for one in room.advice(car, session_id=first)[0] if one.rule == "power_fades"]
    assert fades[0].evidence[0].number == 2


@pytest.mark.parametrize(("ending", "head"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("json", b"{")])
def test_a_report_is_written_in_each_format(kept, room, car, tmp_path, ending, head):
    kept.session(car, 300, 200.0)
    kept.fit(car, 200, "turbo", f"Garrett {ending}")
    kept.session(car, 100, 260.0)
    report = room.report(BOSS, vehicle_id=car)
    path = room.write(BOSS, report, tmp_path / f"out.{ending}")
    assert path.read_bytes().startswith(head)


def test_a_report_in_json_has_the_platforms_keys(kept, room, car, tmp_path):
    kept.session(car, 300, 200.0)
    path = room.write(BOSS, room.report(BOSS, vehicle_id=car), tmp_path / "out.json")
    document = json.loads(path.read_bytes())
    assert {"date", "hp", "torque", "mods"} <= set(document["sessions"][0])
    assert document["recommendations"] is not None


def test_the_report_on_a_session_ends_with_it(kept, room, car):
    first = kept.session(car, 300, 200.0)
    kept.session(car, 100, 260.0)
    report = room.report(BOSS, session_id=first)
    assert [one.session_id for one in report.history.points] == [first]


def test_the_report_on_a_session_without_power_tells_nothing_of_later(kept, room, car):
    earlier = [kept.session(car, 300, 200.0), kept.session(car, 290, 210.0)]
    coast = kept.session(car, 200, 200.0, test_type=TestType.COAST_DOWN)
    kept.fit(car, 250, "intake", "Before it")
    kept.fit(car, 150, "turbo", "Behind it")
    kept.session(car, 100, 260.0, bench="Mustang")
    told = room.report(BOSS, session_id=coast).history
    assert [one.session_id for one in told.points] == earlier
    assert [one.words for one in told.fitted] == ["intake Before it"]
    assert told.warnings == ()


@pytest.mark.parametrize("name", ["='[else.xlsx]Sheet1'!$A$1", "VW up!GTI1"])
def test_a_vehicle_called_like_a_cell_is_no_reference_in_a_workbook(kept, room, tmp_path, name):
    car = kept.car(name)
    kept.session(car, 100, 260.0)
    path = room.write(BOSS, room.report(BOSS, vehicle_id=car), tmp_path / "out.xlsx")
    with zipfile.ZipFile(path) as book:
        chart = book.read("xl/charts/chart1.xml").decode()
    title = chart.partition("<c:title>")[2].partition("</c:title>")[0]
    assert "over time" in title
    assert "<c:f>" not in title


def test_a_vehicle_without_runs_has_a_report_that_says_so(room, car, tmp_path):
    report = room.report(BOSS, vehicle_id=car)
    assert report.comparison is None
    assert room.write(BOSS, report, tmp_path / "out.pdf").stat().st_size > 1000


def test_nobody_and_no_file_of_ours_is_refused(kept, room, car, tmp_path):
    kept.session(car, 100, 260.0)
    report = room.report(BOSS, vehicle_id=car)
    with pytest.raises(NotSignedIn):
        room.write(NOBODY, report, tmp_path / "out.pdf")
    with pytest.raises(ExportRefused):
        room.write(BOSS, report, tmp_path / "out.txt")
    assert not list(tmp_path.iterdir())


def test_a_report_is_in_the_audit_log(kept, room, car, tmp_path, store):
    from cartech_desk.store.audit_reading import Query

    kept.session(car, 100, 260.0)
    room.write(BOSS, room.report(BOSS, vehicle_id=car), tmp_path / "out.json")
    found = store.audit.find(Query(action="performance.report"), limit=1)
    assert found[0].entity.vehicle == car


def test_a_session_of_another_vehicle_is_not_asked(kept, room, car):
    kept.session(car, 100, 260.0)
    foreign = kept.session(kept.car("its neighbour"), 90, 200.0)
    with pytest.raises(NotKept, match="not one of"):
        room.advice(car, session_id=foreign)


def test_a_vehicle_without_runs_is_not_cleared(room, car):
    assert room.advice(car) == ((), (NO_RUN,))


def test_limits_of_the_vehicle_stand_above_those_of_its_kind(kept, room, store, car):
    kept.session(car, 100, 260.0, 255.0)
    _, usual = room.advice(car)
    shipped = {one.key: one for one in profiles()["any"].limits}["coolant_high"]
    store.limits.put("vehicle", car, [replace(shipped, in_service=False)], BOSS)
    _, changed = room.advice(car)
    assert not any("out of service" in one.why for one in usual)
    assert any("out of service" in one.why for one in changed)
