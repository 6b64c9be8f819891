"""`cartech-desk clear`: clear fault codes."""

import argparse
from typing import Final

NAME: Final = "clear"
HELP: Final = "clear fault codes"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `clear` understands."""
    raise NotImplementedError


def run(args: argparse.Namespace) -> int:
    """Do it."""
    raise NotImplementedError
