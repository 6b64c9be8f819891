"""What the acts of `cartech-desk dyno` share: how one is added, how numbers are asked and told."""

import argparse
from collections.abc import Callable
from typing import Any


def add_act(
    acts: Any, name: str, words: str, act: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    """Add an act `name`; it is called with the arguments and returns the exit status."""
    parser: argparse.ArgumentParser = acts.add_parser(name, help=words, description=words)
    parser.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,  # the command's own --json stands before the act
        help="one JSON object on standard output",
    )
    parser.set_defaults(act=act)
    return parser
