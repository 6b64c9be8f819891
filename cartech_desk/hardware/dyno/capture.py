"""Captures: the bytes of a wire with the time at which they came, in a file that a person can read.

First a line of JSON that says what it is, then one line for each piece: seconds and hexadecimal.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from cartech_desk.domain.errors import CarTechError

Piece = tuple[int, bytes]
"""(t_ns, bytes): what came at one instant of `domain.clock.monotonic_ns`."""

LONGEST_FILE: Final = 64 * 1024 * 1024
_VERSION: Final = 1


class CaptureRefused(CarTechError):
    """A file is no capture, or one cannot be written."""

    code: ClassVar[str] = "capture_refused"


def check_capture(path: Path) -> None:
    """Refuse a file that is there already. Errors: CaptureRefused."""
    if path.exists():
        raise CaptureRefused(
            f"{path} is there already.",
            kept="It was not touched.",
            to_do="Name another file, or say --even-so.",
        )


def write_capture(path: Path, pieces: Sequence[Piece], port: str) -> Path:
    """Write a capture; times count from its first piece. Errors: CaptureRefused."""
    began = pieces[0][0] if pieces else 0
    lines = [json.dumps({"cartech_capture": _VERSION, "port": port}, ensure_ascii=True)]
    lines += [f"{(t_ns - began) / 1e9:.6f} {data.hex()}" for t_ns, data in pieces]
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="ascii", newline="\n") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CaptureRefused(
            f"{path} cannot be written ({error.strerror or error}).",
            kept="Nothing was left there.",
            to_do="Name a file in a folder that you may write to.",
        ) from error
    return path


def read_capture(path: Path) -> tuple[Piece, ...]:
    """Read a capture. Errors: CaptureRefused, which names the line."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise _no_capture(path, f"it is larger than {LONGEST_FILE >> 20} MB")
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise _no_capture(path, f"it cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise _no_capture(path, "it holds bytes that are no text") from error
    try:
        head = json.loads(lines[0]) if lines else None
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict) or head.get("cartech_capture") != _VERSION:
        raise _no_capture(path, "its first line does not say that it is one")
    return tuple(_piece(path, number, line) for number, line in enumerate(lines[1:], 2) if line)


def _piece(path: Path, number: int, line: str) -> Piece:
    seconds, _, data = line.partition(" ")
    try:
        t_s = float(seconds)
        if not 0.0 <= t_s < 1e6:
            raise ValueError
        return round(t_s * 1e9), bytes.fromhex(data)
    except ValueError:
        raise _no_capture(path, f"line {number} is not seconds and hexadecimal") from None


def _no_capture(path: Path, why: str) -> CaptureRefused:
    return CaptureRefused(
        f"{path.name} is no capture: {why}.",
        to_do="Choose a file that “Capture” or `cartech-desk dyno link capture` wrote.",
    )
