"""The log file of the desk."""

import errno
import logging
import sys

import pytest

from cartech_desk.app.log import start_log


@pytest.fixture
def log(tmp_path):
    root = logging.getLogger("cartech_desk")
    before = list(root.handlers), root.level, root.propagate
    start_log(tmp_path)
    yield logging.getLogger("cartech_desk.bay")
    for handler in set(root.handlers) - set(before[0]):
        root.removeHandler(handler)
        handler.close()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    root.propagate = before[2]


def test_a_log_on_a_full_disk_costs_one_sentence(log, monkeypatch, capsys):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("cartech_desk.app.log._LogFile.flush", full)
    for _ in range(3):
        log.warning("something")
    told = capsys.readouterr().err
    assert told.count("cannot be written (No space left on device)") == 1
    assert "Traceback" not in told
    monkeypatch.undo()


def test_what_is_logged_stands_in_the_file(log, tmp_path):
    log.warning("the %s is loose", "plug")
    assert "WARNING MainThread cartech_desk.bay: the plug is loose" in (
        tmp_path / "desk.log"
    ).read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_no_other_user_of_the_machine_reads_the_log(log, tmp_path):
    log.warning("something")
    assert (tmp_path / "desk.log").stat().st_mode & 0o777 == 0o600
    (tmp_path / "desk.log").chmod(0o644)
    (tmp_path / "desk.log.1").touch(mode=0o644)
    start_log(tmp_path)
    for name in ("desk.log", "desk.log.1"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
