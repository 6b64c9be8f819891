"""`cartech-desk` without a command: the window."""

import argparse
import os
import sys
from contextlib import ExitStack
from typing import ClassVar, Final

from cartech_desk.app.desk import open_desk
from cartech_desk.app.stopping import like_ctrl_c
from cartech_desk.app.upkeep import Telling, troubles_of
from cartech_desk.domain.errors import CarTechError

_UNSEEN: Final = ("offscreen", "minimal")
"""Qt platforms whose windows nobody sees."""


class NoDisplay(CarTechError):
    """There is no screen to show a window on."""

    code: ClassVar[str] = "no_display"


def run(args: argparse.Namespace) -> int:
    """Show the window until it is closed; with `--demo` the simulated car is connected at once.

    Errors: NoDisplay; what `open_desk` refuses is told in a window too, for those who started
    the desk from an icon.
    """
    _need_display()
    from cartech_desk.ui.application import run_window
    from cartech_desk.ui.desk import DeskParts

    with ExitStack() as stack:
        # A polite kill before the window hears of it closes what is open already.
        stack.enter_context(like_ctrl_c())
        try:
            desk = stack.enter_context(
                open_desk(args, demo=args.demo, forgiving=True, heard=_platform() not in _UNSEEN)
            )
        except CarTechError as error:
            if _platform() not in _UNSEEN:
                from cartech_desk.ui.shell.refusal import show_refusal

                show_refusal(error)
            raise
        by_itself: list[Telling] = [desk]
        if desk.demo:
            from cartech_desk.app.demo_filling import DemoFilling
            from cartech_desk.app.demo_pull import CAR, DYNO, give_faults

            filling = DemoFilling(desk.office)
            stack.callback(filling.stop)
            filling.start()
            by_itself.append(filling)
            give_faults()
            # Both lead to one car on its rollers; what fails is told on their pages.
            desk.bay.connect(CAR)
            desk.bay.dyno.connect(DYNO)
        parts = DeskParts(
            desk.bay,
            desk.office,
            desk.store,
            desk.settings,
            desk.data_dir,
            demo=desk.demo,
            troubles=lambda: troubles_of(by_itself),
        )
        return run_window(parts, sys.argv[:1])


def _platform() -> str:
    return os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]


def _need_display() -> None:
    """Refuse before Qt would abort the program."""
    if not sys.platform.startswith("linux") or _platform() not in ("", "xcb", "wayland"):
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise NoDisplay(
            "There is no display to show the window on.",
            to_do="Start it within a desktop session, or work without a window: "
            "cartech-desk demo --headless, cartech-desk log.",
        )
