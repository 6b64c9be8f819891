"""Acts of a command, as in `cartech-desk people add`: each a parser of its own."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, NoReturn


class WrongUsage(SystemExit):
    """The command line cannot be understood; ends the program with 2."""

    def __init__(self, message: str, prog: str) -> None:
        super().__init__(2)
        self.message = message
        self.prog = prog


class WholeWords(argparse.ArgumentParser):
    """Takes options by their whole names, as do all parsers below it: `--as` is no `--asc…`."""

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False} | facts)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and how it goes. Errors: WrongUsage."""
        self.print_usage(sys.stderr)
        sys.stderr.write(f"{self.prog}: error: {message}\n")
        raise WrongUsage(message, self.prog)


def add_act(acts: Any, name: str, words: str, act: Callable[..., Any]) -> argparse.ArgumentParser:
    """Add an act to the subparsers of a command; `args.act` is what does it then."""
    parser: argparse.ArgumentParser = acts.add_parser(
        name, help=words, description=words, conflict_handler="resolve"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,  # the command's own --json stands before the act
        help="one JSON object on standard output",
    )
    parser.add_argument(
        "--as",
        dest="as_email",
        metavar="E-MAIL",
        default=argparse.SUPPRESS,
        help="as where something is changed; looking needs nobody",
    )
    parser.set_defaults(act=act)
    return parser
