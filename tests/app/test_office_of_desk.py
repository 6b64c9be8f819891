"""The office that comes with a desk: who acts, what it does by itself, what the bay is told."""

import argparse
import logging
import threading
from datetime import date
from types import SimpleNamespace

import pytest

from cartech_desk.app import desk as desk_module
from cartech_desk.app.desk import open_counter, open_desk
from cartech_desk.app.office_watch import AuditCheck, PersonWatch
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


def test_the_demo_is_closed_on_the_holidays_of_its_place_and_a_fresh_shop_on_none(tmp_path):
    christmas = date(2026, 12, 25)
    with open_counter(arguments(tmp_path), demo=True) as counter:
        assert counter.office.appointments.open_day(christmas).closed
    with open_counter(arguments(tmp_path)) as counter:
        assert not counter.office.appointments.open_day(christmas).closed


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


class Audit:
    """Finds what a test says, one thing at each verification; counts what is asked of it."""

    def __init__(self, *findings):
        self.findings = list(findings)
        self.asked = []

    def verify(self):
        self.asked.append("verify")
        found = self.findings.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def settle(self):
        self.asked.append("settle")


class Checked(SimpleNamespace):
    """An office with this audit log."""

    def __init__(self, *findings):
        super().__init__(audit=Audit(*findings))


LOCKED = DatabaseLocked("Another program.", to_do="Wait.")
SOUND = SimpleNamespace(ok=True, records=7)
BROKEN = SimpleNamespace(ok=False, records=7, first_bad_sequence=5, problem="changed")


@pytest.fixture
def log():
    """What the desk's log is told; it may have been taken off the root by another test."""
    lines, logger = [], logging.getLogger("cartech_desk.app")
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.mark.parametrize(
    ("found", "says"), [(SOUND, "verified: 7 records"), (BROKEN, "broken at record 5")]
)
def test_the_audit_log_is_verified_once_and_what_was_cut_short_settled(found, says, log):
    office = Checked(found)
    check = AuditCheck(office)
    assert check._look()
    assert office.audit.asked == ["verify", "settle"]
    assert check.troubles() == {}
    assert any(says in line for line in log)


def test_a_log_that_could_not_be_verified_is_told_and_tried_again(log):
    office = Checked(LOCKED, ZeroDivisionError("secret inside"), SOUND)
    check = AuditCheck(office)
    assert not check._look()
    assert check.troubles() == {"Audit log": LOCKED}
    assert not check._look()
    told = check.troubles()["Audit log"]
    assert "while checking the audit log" in told.happened
    assert "secret inside" not in told.message
    assert check._look()
    assert check.troubles() == {}
    assert office.audit.asked == ["verify", "settle"] * 3


def test_exports_that_could_not_be_settled_are_told_and_the_log_is_not_verified_twice():
    office = Checked(SOUND)
    settle, office.audit.settle = office.audit.settle, raising(LOCKED)
    check = AuditCheck(office)
    assert not check._look()
    assert check.troubles() == {"Audit log": LOCKED}
    office.audit.settle = settle
    assert check._look()
    assert office.audit.asked == ["verify", "settle"]


def raising(error):
    def act():
        raise error

    return act


def test_who_is_here_is_looked_up_on_and_a_trouble_that_stays_is_logged_once(log):
    looked = threading.Semaphore(0)

    def refresh():
        looked.release()
        raise LOCKED

    watch = PersonWatch(
        SimpleNamespace(people=SimpleNamespace(refresh=refresh)), first_s=0.0, look_s=0.01
    )
    watch.start()
    for _ in range(4):
        assert looked.acquire(timeout=PATIENCE_S)
    watch.stop()
    assert watch.troubles() == {"Person at the desk": LOCKED}
    assert sum("looking up who is at the desk" in line for line in log) == 1


def test_the_desk_tells_when_its_audit_log_cannot_be_verified(tmp_path, monkeypatch):
    tried = threading.Event()

    def verify(_book):
        tried.set()
        raise LOCKED

    monkeypatch.setattr("cartech_desk.office.audit_book.AuditBook.verify", verify)
    monkeypatch.setattr(AuditCheck, "first_s", 0.0)
    with open_desk(arguments(tmp_path)) as desk:
        assert tried.wait(PATIENCE_S)
    assert desk.troubles() == {"Audit log": LOCKED}


def test_a_desk_that_is_closed_at_once_verifies_nothing():
    office = Checked(SOUND)
    check = AuditCheck(office, first_s=60.0)
    check.start()
    check.stop()
    assert office.audit.asked == []
    assert not check._thread.is_alive()
