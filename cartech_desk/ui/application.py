"""The window as a program: one QApplication, its look, its crash dialog and its end."""

import signal
import threading
from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from cartech_desk.ui.background import stop_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.shell.banner import Tone
from cartech_desk.ui.shell.crash_dialog import CrashWatch
from cartech_desk.ui.shell.window import Window
from cartech_desk.ui.theme.appearance import Appearance

_WAKE_MS = 200


def make_application(argv: Sequence[str]) -> QApplication:
    """Return the QApplication of this process, made where there is none."""
    application = QApplication.instance() or QApplication(list(argv))
    application.setApplicationName("cartech-desk")
    application.setApplicationDisplayName("CarTech Desk")
    application.setDesktopFileName("cartech-desk")
    return application


def dress(application: QApplication, desk: DeskParts) -> Appearance:
    """Put the theme of the settings in force."""
    appearance = Appearance(application)
    appearance.choose(desk.settings.values.screen.theme)
    return appearance


def make_window(desk: DeskParts, appearance: Appearance) -> Window:
    """Build the window; settings that change the look act at once."""
    window = Window(desk)
    appearance.put_on(window)
    window.acts.settings_changed.connect(lambda: _put_in_force(desk, appearance))
    problem = getattr(desk.settings, "problem", None)
    if problem is not None:
        window.banners.show_banner(
            "settings",
            Tone.WARNING,
            f"{problem.happened} The defaults are in force.",
            f"{problem.to_do} Saving here keeps the old file beside the new one.",
            button=("Open Settings", lambda: window.open_page("settings")),
            dismiss=True,
        )
    return window


def _put_in_force(desk: DeskParts, appearance: Appearance) -> None:
    values = desk.settings.values
    appearance.choose(values.screen.theme)
    desk.bay.use_settings(values.bay_settings())


def run_window(desk: DeskParts, argv: Sequence[str]) -> int:
    """Show the window until it is closed; returns the exit status.

    The bay and the store belong to the caller, who stops and closes them afterwards.
    """
    application = make_application(argv)
    kills = _held_kills()
    appearance = dress(application, desk)
    watch = CrashWatch(lambda: how_work_fares(desk), appearance.put_on)
    watch.start()
    window = make_window(desk, appearance)
    window.start()
    window.stand()
    window.show()
    waking = _close_on(kills, window)
    try:
        return application.exec()
    finally:
        waking.stop()
        stop_background()
        watch.stop()


def how_work_fares(desk: DeskParts) -> str:
    """Say in one sentence what a bug has not cost; that a recording goes on only where one runs."""
    if desk.bay.snapshot().recording.id:
        return "The recording goes on."
    return "Nothing that was recorded is lost."


def _held_kills() -> list[int]:
    """Let Ctrl+C and a polite kill be noted from now on, and no more break in anywhere.

    An exception in the middle of making the window would leave Qt with half of it.
    """
    kills: list[int] = []
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM"):
            signal.signal(getattr(signal, name), lambda number, _frame: kills.append(number))
    return kills


def _close_on(kills: list[int], window: Window) -> QTimer:
    """Let what was noted close the window in its own loop; nobody may be there to be asked."""
    waking = QTimer()

    def look() -> None:
        if kills:
            kills.clear()
            window.leave()

    # Python runs signal handlers only when it runs at all: a timer gives it the chance.
    waking.timeout.connect(look)
    waking.start(_WAKE_MS)
    return waking
