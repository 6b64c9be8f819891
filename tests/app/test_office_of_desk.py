"""The office that comes with a desk: who acts, what it does by itself, what the bay is told."""

import argparse
import logging
import threading
from types import SimpleNamespace

import pytest

from cartech_desk.app import desk as desk_module
from cartech_desk.app.desk import open_counter, open_desk
from cartech_desk.app.office_watch import OfficeWatch
from cartech_desk.app.operator import acting
from cartech_desk.domain.people import NOBODY, Act, Role, allowed
from cartech_desk.office import demo_people
from cartech_desk.office.people import SignInRefused
from cartech_desk.store.errors import DatabaseLocked

PATIENCE_S = 10.0


def arguments(tmp_path, **more):
    return argparse.Namespace(data=tmp_path, settings=tmp_path / "set" / "s.toml", **more)


def test_a_fresh_desk_has_nobody_at_it(tmp_path):
    with open_counter(arguments(tmp_path)) as counter:
        assert counter.office.session.operator == NOBODY
        assert not counter.office.people.founded()


def test_the_demo_has_its_technician_at_it_and_nothing_is_founded_beside(tmp_path):
    with open_counter(arguments(tmp_path), demo=True) as counter:
        assert counter.office.session.actor.name == "Demo technician"
    with open_counter(arguments(tmp_path)) as counter:
        assert not counter.office.people.founded()


def test_the_bay_is_told_of_everybody_who_comes_to_the_desk(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(desk_module.Bay, "use_operator", lambda _bay, who: told.append(who.name))
    with open_desk(arguments(tmp_path), demo=True) as desk:
        desk.office.people.sign_in(demo_people.MANAGER.email, demo_people.PASSWORD)
        desk.office.people.lock()
        desk.office.people.sign_out()
    # Locking the desk changes nothing of what runs: the operator stays.
    assert told == ["Demo technician", "Demo manager", "Demo manager", NOBODY.name]


def test_a_command_without_as_acts_by_the_login_and_manages_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("cartech_desk.app.operator._login", lambda: "shop")
    with open_counter(arguments(tmp_path)) as counter:
        by = acting(arguments(tmp_path, as_email=None), counter)
        assert by.name == "shop (command line)"
        assert counter.office.session.operator == by
        assert not allowed(by, Act.DELETE)


def test_the_demo_s_folder_without_demo_is_told(tmp_path, capsys):
    with open_counter(arguments(tmp_path), demo=True):
        pass
    assert (tmp_path / "demo" / "keys").is_dir()
    args = arguments(tmp_path)
    args.data = tmp_path / "demo"
    with open_counter(args):
        pass
    assert f"--data {tmp_path} --demo" in capsys.readouterr().err


def test_new_lines_of_the_demo_carry_the_tax_of_its_jobs(tmp_path):
    with open_counter(arguments(tmp_path), demo=True) as counter:
        assert counter.office.jobs.new_line("other", "Fee", even_so=True).tax_bp == 1900
    with open_counter(arguments(tmp_path)) as counter:
        assert counter.office.jobs.usual_tax_bp == 0


def test_a_command_without_as_in_the_demo_acts_by_its_technician(tmp_path):
    with open_counter(arguments(tmp_path), demo=True) as counter:
        assert acting(arguments(tmp_path), counter).name == "Demo technician"


def test_a_command_acts_by_whom_as_names_and_has_a_session_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("CARTECH_PASSWORD", demo_people.PASSWORD)
    args = arguments(tmp_path, as_email=demo_people.MANAGER.email)
    with (
        open_counter(arguments(tmp_path), demo=True) as window,
        open_counter(arguments(tmp_path), demo=True) as command,
    ):
        by = acting(args, command)
        assert by.role is Role.MANAGER
        assert command.office.session.actor == by
        assert window.office.session.actor.name == "Demo technician"


def test_a_wrong_password_of_a_command_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("CARTECH_PASSWORD", "wrong words")
    args = arguments(tmp_path, as_email=demo_people.MANAGER.email)
    with open_counter(arguments(tmp_path), demo=True) as counter, pytest.raises(SignInRefused):
        acting(args, counter)


# What the office does by itself


class Office(SimpleNamespace):
    """Counts what is asked of it, and does what a test says."""

    def __init__(self, verify, refresh=lambda: None):
        self.verified, self.looked = threading.Event(), threading.Semaphore(0)

        def verifying():
            self.verified.set()
            return verify()

        def refreshing():
            self.looked.release()
            refresh()

        super().__init__(
            verified=self.verified,
            looked=self.looked,
            audit=SimpleNamespace(verify=verifying),
            people=SimpleNamespace(refresh=refreshing),
        )


def raising(error):
    def act():
        raise error

    return act


VERDICTS = {
    "verified: 7 records": lambda: SimpleNamespace(ok=True, records=7),
    "broken at record 5": lambda: SimpleNamespace(
        ok=False, records=7, first_bad_sequence=5, problem="changed"
    ),
    "could not be verified": raising(DatabaseLocked("Another program.", to_do="Wait.")),
    "bug while the audit log": raising(ZeroDivisionError()),
}


@pytest.fixture
def log():
    """What the desk's log is told; it may have been taken off the root by another test."""
    lines, logger = [], logging.getLogger("cartech_desk.app.office_watch")
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.mark.parametrize("says", VERDICTS)
def test_the_log_is_verified_after_the_start_and_whatever_it_finds_the_watch_goes_on(says, log):
    office = Office(VERDICTS[says])
    watch = OfficeWatch(office, first_s=0.0, look_s=0.01)
    watch.start()
    try:
        assert office.verified.wait(PATIENCE_S)
        for _ in range(3):
            assert office.looked.acquire(timeout=PATIENCE_S)
    finally:
        watch.stop()
    assert any(says in line for line in log)


def test_a_trouble_that_stays_is_said_once(log):
    office = Office(
        VERDICTS["verified: 7 records"], raising(DatabaseLocked("Another program.", to_do="Wait."))
    )
    watch = OfficeWatch(office, first_s=0.0, look_s=0.01)
    watch.start()
    for _ in range(4):
        assert office.looked.acquire(timeout=PATIENCE_S)
    watch.stop()
    assert sum("could not be looked up" in line for line in log) == 1


def test_a_desk_that_is_closed_at_once_verifies_nothing():
    office = Office(VERDICTS["verified: 7 records"])
    watch = OfficeWatch(office, first_s=60.0)
    watch.start()
    watch.stop()
    assert not office.verified.is_set()
    assert not watch._thread.is_alive()
