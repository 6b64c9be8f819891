"""`cartech-desk dyno`: sources, runs, imports, comparisons and sheets of the dyno."""

import argparse
import importlib
from collections.abc import Callable
from typing import Final

NAME: Final = "dyno"
HELP: Final = "drive, import, compare and print dyno runs"

PARTS: Final = ("driving", "runs", "importing", "sheets", "links")
"""Modules of `app.dyno_acts`, each with `add_acts(acts)`: sub-commands that set `act`."""

Act = Callable[[argparse.Namespace], int]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `dyno` understands."""
    acts = parser.add_subparsers(metavar="act", required=True)
    for part in PARTS:
        importlib.import_module(f"cartech_desk.app.dyno_acts.{part}").add_acts(acts)


def run(args: argparse.Namespace) -> int:
    """Do one act. Errors: CarTechError."""
    act: Act = args.act
    return act(args)
