"""`cartech-desk dyno run` and `dyno sources`: runs without a screen, and what is said of them."""

import contextlib
import json
import signal
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from cartech_desk.app.main import main
from cartech_desk.bay.bay import Bay
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.store.dyno import RunEnding
from cartech_desk.store.store import Store
from tests.bay.dyno_desk import URL, Benches, Rollers


@pytest.fixture
def benches(monkeypatch):
    """Let every address be a scripted source on rollers that turn as `kmh_s` says."""
    made = Benches()
    made.kmh_s, rollers = 60.0, []

    def prepare(source):
        turning = Rollers(source)
        turning.pull(made.kmh_s)
        turning.start()
        rollers.append(turning)

    made.prepare = prepare
    monkeypatch.setitem(Bay.__init__.__kwdefaults__, "sources", made)
    yield made
    for one in rollers:
        one.stop()


def run(tmp_path, capsys, *words):
    status = main(["--data", str(tmp_path), "dyno", *words])
    told = capsys.readouterr()
    return status, told.out, told.err


def test_a_run_begun_at_once_is_kept_and_told(tmp_path, capsys, benches):
    status, out, err = run(
        tmp_path, capsys, "run", "--source", URL, "--vehicle", "Blue Civic", "--now",
        "--seconds", "1.2", "--gear", "4", "--temperature", "20", "--json",
    )  # fmt: skip
    document = json.loads(out)
    assert (status, document["name"], document["gear"]) == (0, "Run 1", "4")
    assert document["seconds"] == pytest.approx(1.2, abs=0.4)
    assert document["sources"][0]["url"] == URL
    assert "The run has begun." in err
    store = Store(tmp_path)
    kept = store.dyno.run(document["run_id"])
    assert kept.ending is RunEnding.STOPPED
    assert store.dyno.session(kept.session).vehicle_name == "Blue Civic"
    assert store.dyno.session(kept.session).ended is not None
    store.close()


def test_a_session_goes_on_and_its_runs_count_up(tmp_path, capsys, benches):
    words = ("--source", URL, "--now", "--seconds", "0.8", "--json")
    facts = ("--customer", "Ann", "--odometer", "81000mi", "--tyres", "2.4bar", "--fuel", "E5")
    _, out, _ = run(tmp_path, capsys, "run", *words, *facts, "--vehicle", "Golf", "--gear", "4")
    first = json.loads(out)
    status, out, err = run(
        tmp_path, capsys, "run", *words, "--session", "last", "--note", "warm", "--fuel", "E85"
    )
    second = json.loads(out)
    assert status == 0
    assert "Going on with the session of Golf." in err
    assert "Saving …" in err
    assert second["session_id"] == first["session_id"]
    assert (first["name"], second["name"]) == ("Run 1", "Run 2")
    assert (second["gear"], second["note"], second["customer"]) == ("4", "warm", "Ann")
    assert (first["fuel"], second["fuel"]) == ("E5", "E85")
    store = Store(tmp_path)
    session = store.dyno.session(second["session_id"])
    assert session.tyre_kpa == pytest.approx(240)
    assert session.odometer_km == pytest.approx(130357, abs=1)
    assert session.ended is not None
    store.close()


def test_what_lacks_for_power_is_said_before_it_is_driven(tmp_path, capsys, benches):
    benches.channels["dyno"] = ((Role.ROLLER_RPM, "speed", "Roller", "rpm"),)
    _, _, err = run(tmp_path, capsys, "run", "--source", URL, "--now", "--seconds", "0.6", "--json")
    before, _, _ = err.partition("The run has begun.")
    assert "this dyno needs the equivalent mass of the rollers (--mass)" in before
    assert "(--roller)" in before


def test_a_run_that_never_begins_is_an_error_that_tells_how_fast_it_went(tmp_path, capsys, benches):
    benches.kmh_s = 0.0
    status, out, _ = run(tmp_path, capsys, "run", "--source", URL, "--seconds", "0.6", "--json")
    error = json.loads(out)["error"]
    assert (status, error["code"]) == (1, "no_run")
    assert "begins above 40 km/h. It went 20 km/h at the most." in error["happened"]


def test_no_source_is_refused_in_words(tmp_path, capsys):
    status, out, _ = run(tmp_path, capsys, "run", "--json")
    assert status == 1
    assert "No source was named." in json.loads(out)["error"]["happened"]


def test_an_address_of_nothing_is_refused_in_words(tmp_path, capsys):
    status, out, _ = run(tmp_path, capsys, "run", "--source", "rubbish", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (1, "bad_source_url")


def test_the_sources_are_told_with_their_tier_and_an_example(tmp_path, capsys):
    status, out, _ = run(tmp_path, capsys, "sources", "--json")
    offers = json.loads(out)["sources"]
    assert status == 0
    assert offers[0]["scheme"] == "jetdrive"
    assert all(one["example"] and one["tier_words"] for one in offers)


def test_being_told_to_stop_keeps_what_was_driven(tmp_path, benches, capsys):
    driving = threading.Thread(target=interrupt_once_it_runs, args=(tmp_path,), daemon=True)
    driving.start()
    status, out, err = run(
        tmp_path, capsys, "run", "--source", URL, "--now", "--seconds", "30", "--json"
    )
    document = json.loads(out)
    assert status == 0
    assert document["interrupted"]
    assert "Stopping …" in err
    store = Store(tmp_path)
    assert store.dyno.run(document["run_id"]).ending is RunEnding.STOPPED
    store.close()


def interrupt_once_it_runs(folder):
    """Press Ctrl+C once a run is under way."""
    path = folder / "desk.db"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and begun(path):
            break
        time.sleep(0.02)
    time.sleep(0.3)
    signal.raise_signal(signal.SIGINT)


def begun(path):
    with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=1)) as desk:
        return desk.execute("SELECT count(*) FROM dyno_run").fetchone()[0] > 0
    return False
