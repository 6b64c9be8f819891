"""The command line: `cartech-desk` opens the window; the same acts run without one."""

import argparse
import importlib
import io
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from cartech_desk import __version__
from cartech_desk.app.command_acts import WholeWords, WrongUsage
from cartech_desk.app.output import say, to_json
from cartech_desk.domain.errors import NOTHING_CHANGED, CarTechError

COMMANDS: Final = {
    "demo": "the main job with the simulated car, without a screen",
    "ports": "adapters and serial ports found",
    "scan": "connect, identify the car, read its faults",
    "checkup": "read everything, compare it with the last time, keep and print it",
    "clear": "clear fault codes",
    "codes": "what fault codes mean",
    "log": "record channels and export them",
    "recordings": "recordings kept here",
    "dyno": "drive, import, compare and print dyno runs",
    "vehicles": "vehicles, what was fitted to them, all that was done",
    "customers": "who owns them and pays",
    "jobs": "jobs, their lines, invoices and payments",
    "appointments": "the calendar: book, move, confirm, import, export",
    "parts": "parts, their stock, orders and counts",
    "revenue": "what was earned, with what",
    "report": "performance reports",
    "backup": "everything in one file, checked",
    "restore": "bring a backup back",
    "limits": "what is watched, for which car",
    "alarms": "the history of alarms",
    "audit": "who did what here, and whether the log of it is whole",
    "people": "who may sign in here, and with which role",
    "decode": "raw adapter answers to values",
    "simulate": "the built-in car behind a real adapter protocol",
    "tour": "every page with demo data as PNG, without a display",
}
"""The commands: each is a module of `app.commands` of the same name with `arguments` and `run`.
A module is imported when its command is called, so that none slows the start of another."""

_LOG = logging.getLogger(__name__)


class ArgumentRefused(CarTechError):
    """An argument holds bytes that are no text."""

    code: ClassVar[str] = "argument_refused"

    def __init__(self) -> None:
        super().__init__(
            "One of the arguments holds bytes that are no text.",
            kept="Nothing was changed.",
            to_do="Type it anew, in UTF-8.",
        )


def _is_no_text(word: str) -> bool:
    """Tell whether a word of the command line holds what no file takes as text."""
    return any("\ud800" <= letter <= "\udfff" for letter in word)


def _parser(named: str | None) -> argparse.ArgumentParser:
    parser = WholeWords(
        prog="cartech-desk",
        description="The desk that a performance shop runs on. Without a command: the window.",
    )
    parser.add_argument("--version", action="version", version=f"CarTech Desk {__version__}")
    parser.add_argument("--data", type=Path, metavar="DIR", help="another folder for the databases")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="another settings file")
    parser.add_argument(
        "--demo",
        action="store_true",
        help="the demo: its own shop and a simulated car, for the window and every command",
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    for name, words in COMMANDS.items():
        command = commands.add_parser(
            name, help=words, description=words, conflict_handler="resolve"
        )
        command.add_argument(
            "--json", action="store_true", help="one JSON object on standard output"
        )
        if name == named:
            importlib.import_module(f"cartech_desk.app.commands.{name}").arguments(command)
    return parser


def _named(argv: Sequence[str]) -> str | None:
    """Find the command in the arguments without parsing the rest."""
    words = iter(argv)
    for word in words:
        if word in ("--data", "--settings"):
            next(words, None)
        elif not word.startswith("-"):
            return word if word in COMMANDS else None
    return None


def _refused(args: argparse.Namespace, error: CarTechError) -> int:
    say(error.message)
    if getattr(args, "json", False):
        document = {
            "error": {
                "code": error.code,
                "message": error.message,
                "happened": error.happened,
                "kept": error.kept,
                "to_do": error.to_do,
            }
        }
        sys.stdout.write(to_json(document) + "\n")
    return 1


def _tell_usage(wrong: WrongUsage) -> None:
    """Write the document of a command line that cannot be understood."""
    happened = f"{wrong.message[:1].upper()}{wrong.message[1:]}".rstrip(".") + "."
    to_do = f"Look at `{wrong.prog} --help`."
    document = {
        "error": {
            "code": "usage",
            "message": f"{happened} {NOTHING_CHANGED} {to_do}",
            "happened": happened,
            "kept": NOTHING_CHANGED,
            "to_do": to_do,
        }
    }
    sys.stdout.write(to_json(document) + "\n")


def _bug(args: argparse.Namespace, error: Exception) -> int:
    import traceback

    _LOG.exception("bug in %s", args.command or "the window")
    traceback.print_exception(error)
    if getattr(args, "json", False):
        document = {"error": {"code": "bug", "message": f"{type(error).__name__}: {error}"}}
        sys.stdout.write(to_json(document) + "\n")
    return 1


def _speak_plainly() -> None:
    """Write UTF-8 whatever the system's own encoding is, and fail on no character.

    A pipe on Windows has the code page of the country, which holds neither Ł nor κ. What UTF-8
    cannot write either (half a surrogate pair) comes as an escape, which JSON reads back.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # None in a windowed program, a stand-in in tests
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="backslashreplace")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command or the window; returns the exit status (0 done, 1 refused or failed)."""
    _speak_plainly()
    argv = sys.argv[1:] if argv is None else argv
    try:
        args = _parser(_named(argv)).parse_args(argv)
    except WrongUsage as wrong:
        if "--json" in argv:
            _tell_usage(wrong)
        raise
    try:
        if args.command is None:
            from cartech_desk.app.window import run

            return run(args)
        status: int = importlib.import_module(f"cartech_desk.app.commands.{args.command}").run(args)
        return status
    except WrongUsage as wrong:  # of options that only the act itself can tell do not go together
        if getattr(args, "json", False):
            _tell_usage(wrong)
        raise
    except CarTechError as error:
        return _refused(args, error)
    except UnicodeEncodeError as error:
        if not any(_is_no_text(word) for word in argv):
            return _bug(args, error)
        return _refused(args, ArgumentRefused())
    except KeyboardInterrupt:
        say("Stopped.")
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        return _bug(args, error)
