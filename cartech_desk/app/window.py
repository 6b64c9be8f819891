"""`cartech-desk` without a command: the window."""

import argparse
import sys

from cartech_desk.app.desk import open_desk


def run(args: argparse.Namespace) -> int:
    """Show the window until it is closed; with `--demo` the simulated car is connected at once."""
    from cartech_desk.ui.application import run_window
    from cartech_desk.ui.desk import DeskParts

    with open_desk(args, demo=args.demo, forgiving=True) as desk:
        if desk.demo:
            desk.bay.connect("sim:")
        parts = DeskParts(desk.bay, desk.store, desk.settings, desk.data_dir, demo=desk.demo)
        return run_window(parts, sys.argv[:1])
