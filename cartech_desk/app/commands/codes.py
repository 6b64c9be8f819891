"""`cartech-desk codes`: what fault codes mean."""

import argparse
from typing import Final

NAME: Final = "codes"
HELP: Final = "what fault codes mean"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `codes` understands."""
    raise NotImplementedError


def run(args: argparse.Namespace) -> int:
    """Do it."""
    raise NotImplementedError
