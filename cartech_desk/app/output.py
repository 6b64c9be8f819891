"""How a command speaks: one JSON object on standard output, or text; messages on standard error."""

import argparse
import json
import math
import sys
from typing import Any

from cartech_desk.domain.plain_text import masked


def _plain(value: Any) -> Any:
    """Make a document strict JSON: NaN and infinities become null, tuples lists."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def to_json(document: dict[str, Any], *, indent: int | None = None) -> str:
    """Write a document as strict JSON (no NaN), keys in the order given."""
    return json.dumps(_plain(document), ensure_ascii=False, indent=indent, default=str)


def emit(args: argparse.Namespace, document: dict[str, Any], text: str) -> None:
    """Print the result of a command: the document with `--json`, else the text.

    Nothing in it steers the terminal, whatever somebody typed as a name or a reason.
    """
    if args.json:
        sys.stdout.write(to_json(document) + "\n")
    elif text:
        sys.stdout.write(masked(text.rstrip("\n")) + "\n")
    sys.stdout.flush()


def say(message: str) -> None:
    """Tell a person something on standard error, at once."""
    sys.stderr.write(masked(message.rstrip("\n")) + "\n")
    sys.stderr.flush()
