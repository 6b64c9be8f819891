import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from cartech_desk.app.settings import SettingsFile
from cartech_desk.bay.status import RecordingStatus
from cartech_desk.ui.application import _close_on, dress, how_work_fares, make_window
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.theme.theme import choose_theme, tokens


def test_a_settings_file_that_cannot_be_used_is_told_and_the_window_opens(
    qtbot, qapp, bay, office, store, tmp_path
):
    path = tmp_path / "settings.toml"
    path.write_text('[screen]\ntheme = "pink"\n')
    settings = SettingsFile(path, forgiving=True)
    desk = DeskParts(bay, office, store, settings, tmp_path)
    window = make_window(desk, dress(qapp, desk))
    qtbot.addWidget(window)
    banner = window.banners.banner("settings")
    assert "screen.theme" in banner.headline.text()
    assert "defaults are in force" in banner.headline.text()
    assert 'theme = "pink"' in path.read_text()


def test_a_theme_chosen_in_the_settings_acts_at_once(qtbot, qapp, desk):
    window = make_window(desk, dress(qapp, desk))
    qtbot.addWidget(window)
    values = desk.settings.values
    screen = values.screen.model_copy(update={"theme": "light"})
    desk.settings.save(values.model_copy(update={"screen": screen}))
    window.acts.settings_changed.emit()
    assert tokens().name == "light"
    assert ("use_settings", desk.settings.values.bay_settings()) in desk.bay.calls
    assert tokens().ground.lower() in window.styleSheet().lower()
    choose_theme("dark")


def test_a_bug_is_told_with_a_recording_that_goes_on_only_where_one_runs(desk, bay):
    assert how_work_fares(desk) == "Nothing that was recorded is lost."
    bay.recording = RecordingStatus("r", 1)
    assert how_work_fares(desk) == "The recording goes on."


def vehicles(database):
    """How many vehicles a running desk remembers; none while its database is being made."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("SELECT count(*) FROM vehicle").fetchone()[0]
        except sqlite3.OperationalError:
            return 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no polite kill")
def test_a_kill_noted_while_the_window_was_made_closes_it_in_its_loop(qtbot, qapp, desk):
    window = make_window(desk, dress(qapp, desk))
    qtbot.addWidget(window)
    window.show()
    kills = [signal.SIGTERM]
    waking = _close_on(kills, window)
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible())
    waking.stop()
    assert not kills


def test_a_polite_kill_closes_the_program_cleanly(tmp_path):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    words = ["--data", tmp_path / "data", "--settings", tmp_path / "settings.toml", "--demo"]
    with subprocess.Popen(
        [sys.executable, "-m", "cartech_desk", *map(str, words)],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        # The desk is up once it remembers the simulated car's VIN.
        while not vehicles(tmp_path / "data" / "demo" / "desk.db"):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    # 1 and "Stopped." where the kill came before the window was up.
    assert process.returncode == 0 or (process.returncode, errors) == (1, "Stopped.\n"), errors
    assert "Traceback" not in errors
