"""Dyno sessions and runs: kept with their trace, counted up, changed, deleted, read strictly."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    Losses,
    LossPart,
    RpmSource,
    RunSetup,
    TestType,
)
from cartech_desk.domain.dyno.written import WrittenRefused
from cartech_desk.domain.people import Actor
from cartech_desk.store.audit_reading import Query
from cartech_desk.store.dyno import (
    DynoRun,
    DynoSession,
    RunEnding,
    RunSummary,
    SourceUsed,
    as_driven,
)
from cartech_desk.store.errors import Changed, DatabaseCorrupt, NotKept, StoreError
from cartech_desk.store.store import Store

TOM = Actor("", "tom (command line)")
BEGAN = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
SETUP = RunSetup(
    roles={Role.SPEED: "dyno_speed", Role.RPM: "rpm"},
    basis=Basis.ACCELERATION,
    equivalent_mass_kg=1310.4,
    losses=(Losses(LossPart.WHEEL, 12.3, 0.4, 0.05, 1.5, "r-1"),),
    gear="4",
    rpm_source=RpmSource.OBD,
    conditions=Conditions(21.5, 98.7, 40.0, "typed"),
    estimate_by=EstimateBy.FLAT_PERCENT,
    driveline_pct=15.0,
)
SOURCE = SourceUsed(
    "dyno", "jetdrive://127.0.0.1:22344", "dyno", "Dynojet", "224x", "JETDRIVE", Tier.DOCUMENTED
)

Made = Callable[..., DynoSession]


@pytest.fixture
def made(store: Store) -> Made:
    def make(vehicle: str = "Blue Golf", **facts: object) -> DynoSession:
        session = DynoSession(
            "",
            store.vehicles.by_name(vehicle).id,
            "",
            TOM,
            BEGAN,
            None,
            TestType.POWER_PULL,
            SETUP,
            (SOURCE,),
        )
        return store.dyno.begin_session(replace(session, **facts), TOM)

    return make


def driven(session: DynoSession, **facts: object) -> DynoRun:
    run = DynoRun(
        "",
        session.id,
        0,
        "",
        "recording-1",
        None,
        None,
        BEGAN + timedelta(minutes=5),
        RunEnding.OPEN,
        Tier.DOCUMENTED,
        session.setup,
        session.sources,
    )
    return replace(run, **facts)


def actions(store: Store) -> list[str]:
    return [record.action for record in store.audit.find(Query(), limit=50)][::-1]


def spoil(store: Store, table: str, body: str) -> None:
    with closing(sqlite3.connect(store.folder / "desk.db")) as connection:
        connection.execute(f"UPDATE {table} SET body = ?", (body,))  # noqa: S608 - names of ours
        connection.commit()


def test_a_session_reads_back_as_it_was_kept(store: Store, made: Made) -> None:
    kept = made(fuel="98", tyre_kpa=230.0, customer="Ada", notes="cold", odometer_km=120_000.0)
    assert store.dyno.session(kept.id) == kept
    assert kept.vehicle_name == "Blue Golf"
    assert kept.setup == SETUP


def test_a_session_needs_a_vehicle_that_is_kept(store: Store, made: Made) -> None:
    with pytest.raises(NotKept, match="No vehicle"):
        made(vehicle_id="nobody")
    assert store.dyno.sessions() == ()


def test_runs_count_up_and_take_the_sessions_prefix(store: Store, made: Made) -> None:
    session = made(run_prefix="Pull")
    names = [store.dyno.add_run(driven(session), TOM).name for _ in range(3)]
    assert names == ["Pull 1", "Pull 2", "Pull 3"]
    store.dyno.delete_run(store.dyno.runs(session.id)[-1].id, TOM)
    assert store.dyno.add_run(driven(session), TOM).name == "Pull 4"


def test_a_run_reads_back_as_it_ended(store: Store, made: Made) -> None:
    run = store.dyno.add_run(driven(made()), TOM)
    assert store.dyno.open_runs() == (run,)
    ended = store.dyno.end_run(
        replace(
            run,
            first_ns=-5,
            last_ns=9_000_000_000,
            ending=RunEnding.STOPPED,
            summary=RunSummary(168.8, 7032.0, None, None, (("noisy", "noisy", False),)),
            samples_sha256="ab" * 32,
        ),
        TOM,
    )
    assert store.dyno.run(run.id) == ended
    assert store.dyno.open_runs() == ()


def test_a_name_given_while_it_was_driven_stays_when_it_ends(store: Store, made: Made) -> None:
    run = store.dyno.add_run(driven(made()), TOM)
    store.dyno.change_run(replace(run, name="Warm-up", note="slow"), TOM)
    ended = store.dyno.end_run(replace(run, ending=RunEnding.STOPPED), TOM)
    assert (ended.name, ended.note) == ("Warm-up", "slow")


def test_every_change_leaves_its_record(store: Store, made: Made) -> None:
    session = made()
    run = store.dyno.add_run(driven(session), TOM)
    ended = store.dyno.end_run(replace(run, ending=RunEnding.STOPPED), TOM)
    store.dyno.change_run(replace(ended, name="Best"), TOM, "the customer's word")
    store.dyno.delete_run(run.id, TOM)
    store.dyno.restore_run(run.id, TOM)
    store.dyno.change_session(replace(session, fuel="E85"), TOM)
    store.dyno.end_session(session.id, TOM)
    store.dyno.add_run(driven(session, ending=RunEnding.IMPORTED, file="a.csv"), TOM)
    assert actions(store) == [
        "dyno.session_start",
        "dyno.run_start",
        "dyno.run_stop",
        "dyno.run_change",
        "dyno.run_delete",
        "dyno.run_restore",
        "dyno.session_change",
        "dyno.session_stop",
        "dyno.run_import",
    ]


def test_the_record_of_a_change_holds_what_differs(store: Store, made: Made) -> None:
    run = store.dyno.add_run(driven(made()), TOM)
    store.dyno.change_run(replace(run, setup=replace(run.setup, gear="5")), TOM)
    record = store.audit.find(Query(), limit=1)[0]
    assert (record.before, record.after) == ({"setup": {"gear": "4"}}, {"setup": {"gear": "5"}})


def test_a_run_keeps_what_its_session_said_when_it_was_driven(store: Store, made: Made) -> None:
    session = made(fuel="98", modifications="stock", tyre_kpa=220.0, customer="Ada")
    run = store.dyno.add_run(driven(session), TOM)
    changed = store.dyno.change_session(
        replace(session, fuel="E85", modifications="bigger turbo", tyre_kpa=250.0, notes="hot"), TOM
    )
    ended = store.dyno.end_run(replace(run, ending=RunEnding.STOPPED, facts=None), TOM)
    then = as_driven(changed, ended)
    assert (then.fuel, then.modifications, then.tyre_kpa) == ("98", "stock", 220.0)
    assert (then.customer, then.notes) == ("Ada", "")
    later = store.dyno.add_run(driven(session), TOM)
    assert as_driven(changed, later) == changed


def test_a_run_of_an_older_version_reads_its_session(store: Store, made: Made) -> None:
    session = made(fuel="98")
    run = store.dyno.add_run(driven(session), TOM)
    with sqlite3.connect(store.folder / "desk.db") as database:
        database.execute("UPDATE dyno_run SET body = json_remove(body, '$.facts')")
    assert as_driven(session, store.dyno.run(run.id)) == session


def test_another_vehicle_is_refused_once_one_was_driven(store: Store, made: Made) -> None:
    session = made()
    other = store.vehicles.by_name("Red Polo").id
    session = store.dyno.change_session(replace(session, vehicle_id=other), TOM)
    store.dyno.add_run(driven(session), TOM)
    with pytest.raises(StoreError, match="Red Polo was driven already"):
        store.dyno.change_session(
            replace(session, vehicle_id=store.vehicles.by_name("Blue Golf").id), TOM
        )
    assert store.dyno.session(session.id).vehicle_name == "Red Polo"


def test_a_change_of_what_somebody_else_changed_is_refused(store: Store, made: Made) -> None:
    session = made()
    store.dyno.change_session(replace(session, fuel="E85"), TOM)
    with pytest.raises(Changed, match="somebody else"):
        store.dyno.change_session(replace(session, fuel="95"), TOM)
    run = store.dyno.add_run(driven(session), TOM)
    store.dyno.change_run(replace(run, name="A"), TOM)
    with pytest.raises(Changed):
        store.dyno.change_run(replace(run, name="B"), TOM)
    assert store.dyno.run(run.id).name == "A"


def test_a_session_and_its_first_run_are_kept_together_or_not_at_all(
    store: Store, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = replace(made(), id="")
    before = store.dyno.sessions()
    broken = driven(session, setup=replace(SETUP, equivalent_mass_kg=float("nan")))
    with pytest.raises(WrittenRefused, match="not finite"):
        store.dyno.add_run(broken, TOM, session=session)
    assert store.dyno.sessions() == before
    run = store.dyno.add_run(driven(session), TOM, session=session)
    assert store.dyno.runs(run.session) == (run,)


def test_a_deleted_run_leaves_the_tree_and_comes_back(store: Store, made: Made) -> None:
    session = made()
    run = store.dyno.add_run(driven(session), TOM)
    store.dyno.delete_run(run.id[:20], TOM)
    store.dyno.delete_run(run.id, TOM)
    assert store.dyno.all_runs() == store.dyno.runs(session.id) == ()
    assert [one.id for one in store.dyno.runs(session.id, deleted=True)] == [run.id]
    assert [one.id for one in store.dyno.deleted_runs()] == [run.id]
    store.dyno.restore_run(run.id, TOM)
    assert [one.id for one in store.dyno.all_runs()] == [run.id]


def test_sessions_are_found_by_words_of_theirs_and_of_their_runs(store: Store, made: Made) -> None:
    golf = made(customer="Ada Byron")
    polo = made("Red Polo", started=BEGAN + timedelta(hours=1))
    store.dyno.add_run(driven(polo, note="with the new intake"), TOM)
    assert [one.id for one in store.dyno.sessions()] == [polo.id, golf.id]
    assert [one.id for one in store.dyno.sessions("byron GOLF")] == [golf.id]
    assert [one.id for one in store.dyno.sessions("intake polo")] == [polo.id]
    assert store.dyno.sessions("intake golf") == ()
    assert [one.id for one in store.dyno.sessions(vehicle_id=golf.vehicle_id)] == [golf.id]


def test_a_renamed_vehicle_is_shown_by_its_new_name(store: Store, made: Made) -> None:
    session = made()
    store.vehicles.rename(session.vehicle_id, "Blue Golf II")
    assert store.dyno.session(session.id).vehicle_name == "Blue Golf II"


def test_an_id_that_stands_for_none_or_several_is_told(store: Store, made: Made) -> None:
    session = made()
    with pytest.raises(NotKept, match="No dyno run"):
        store.dyno.run("nothing")
    with pytest.raises(NotKept, match="No dyno session"):
        store.dyno.session("")
    for number in "12":
        store.dyno.add_run(driven(session, id=f"same-{number}"), TOM)
    with pytest.raises(NotKept, match="Several"):
        store.dyno.run("same")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"setup": {"gear": 4}}',
        '{"setup": {"roles": {"wings": "a"}}}',
        '{"setup": {"equivalent_mass_kg": NaN}}',
        '{"setup": {}, "more": 1}',
        '{"setup": {"losses": [{"part": "wheel"}]}}',
        "[" * 100_000,
    ],
)
def test_a_damaged_row_is_refused_and_stands_in_lists_with_a_mark(
    store: Store, made: Made, body: str
) -> None:
    session = made()
    run = store.dyno.add_run(driven(session), TOM)
    spoil(store, "dyno_run", body)
    with pytest.raises(DatabaseCorrupt, match="damaged"):
        store.dyno.run(run.id)
    (listed,) = store.dyno.all_runs()
    assert listed.name == "Run 1"
    assert listed.summary.quality == (("damaged", "damaged", True),)
    spoil(store, "dyno_session", body)
    with pytest.raises(DatabaseCorrupt):
        store.dyno.session(session.id)
    assert "damaged" in store.dyno.sessions()[0].notes


def test_what_is_kept_is_canonical_json(store: Store, made: Made) -> None:
    made()
    with closing(sqlite3.connect(store.folder / "desk.db")) as connection:
        (body,) = connection.execute("SELECT body FROM dyno_session").fetchone()
    assert body == json.dumps(
        json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("dyno_run", "name", b"\xff\x00"),
        ("dyno_run", "number", "x"),
        ("dyno_run", "first_ns", "x"),
        ("dyno_run", "last_ns", 1.5),
        ("dyno_run", "recording_id", b"1"),
        ("dyno_run", "version", "x"),
        ("dyno_run", "started", "9999-12-31T23:59:59-23:00"),
        ("dyno_run", "started", "0001-01-01T00:00:00+23:00"),
        ("dyno_run", "started", "2026-01-01"),
        ("dyno_run", "started", 5),
        ("dyno_session", "operator_name", b"\xff"),
        ("dyno_session", "started", "9999-12-31T23:59:59-23:00"),
        ("dyno_session", "started", b"x"),
        ("dyno_session", "version", b"x"),
    ],
)
def test_a_column_of_another_kind_is_damage_and_takes_no_list_down(
    store: Store, made: Made, table: str, column: str, value: object
) -> None:
    session = made()
    run = store.dyno.add_run(driven(session), TOM)
    with closing(sqlite3.connect(store.folder / "desk.db")) as connection:
        connection.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608
        connection.commit()
    with pytest.raises(DatabaseCorrupt, match="damaged"):
        store.dyno.run(run.id) if table == "dyno_run" else store.dyno.session(session.id)
    (shown,), (listed,) = store.dyno.sessions(), store.dyno.all_runs()
    store.dyno.sessions("golf")
    assert shown.started.astimezone() == shown.started  # every zone can tell it
    assert listed.started.astimezone() == listed.started
    marked = ("damaged", "damaged", True) in listed.summary.quality
    assert marked is (table == "dyno_run")
    assert ("damaged" in shown.notes) is (table == "dyno_session")
    assert store.dyno.unsettled_runs() == (() if marked else (listed,))
