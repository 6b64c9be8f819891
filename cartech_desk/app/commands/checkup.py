"""`cartech-desk checkup`: read everything, compare it with the last time, keep and print it."""

import argparse
from typing import Final

NAME: Final = "checkup"
HELP: Final = "read everything, compare it with the last time, keep and print it"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `checkup` understands."""
    raise NotImplementedError


def run(args: argparse.Namespace) -> int:
    """Do it."""
    raise NotImplementedError
