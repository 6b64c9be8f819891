"""`cartech-desk tour`: every page with demo data as PNG, without a display."""

import argparse
import os
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from cartech_desk.app.output import emit, say
from cartech_desk.app.paths import FolderRefused
from cartech_desk.app.tour_scenes import SCENES, Scene
from cartech_desk.app.tour_stage import Stage, TourStopped, open_stage

NAME: Final = "tour"
HELP: Final = "every page with demo data as PNG, without a display"

THEMES: Final = ("dark", "light")
SIZES: Final = ((1366, 768), (1920, 1080))
_SETTLE_S: Final = 0.25


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `tour` understands."""
    parser.add_argument(
        "--out", type=Path, default=Path("tour"), metavar="DIR", help="where the pictures go (tour)"
    )
    parser.add_argument(
        "--until",
        choices=[scene.name for scene in SCENES],
        help="stop after this scene; each builds on those before",
    )


def run(args: argparse.Namespace) -> int:
    """Play every scene and picture it in both themes and sizes; 1 where the screen met a bug.

    Errors: FolderRefused, TourStopped.
    """
    # Before Qt is loaded: a display that is there stays untouched, and none is needed.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out = _folder(args.out)
    files: list[str] = []
    with _bugs() as bugs, open_stage() as stage:
        stage.window.start()
        stage.window.show()
        for number, scene in enumerate(_scenes(args.until), 1):
            say(f"{scene.name}: {scene.shows}")
            files += _pictures(stage, scene, number, out)
    document: dict[str, Any] = {
        "files": files,
        "scenes": [scene.name for scene in _scenes(args.until)],
    }
    if bugs:
        document["error"] = {"code": "bug", "message": bugs[0].splitlines()[-1]}
        say("\n".join(bugs))
    emit(args, document, "\n".join(files))
    return 1 if bugs else 0


def _scenes(until: str | None) -> Sequence[Scene]:
    names = [scene.name for scene in SCENES]
    return SCENES if until is None else SCENES[: names.index(until) + 1]


def _pictures(stage: Stage, scene: Scene, number: int, out: Path) -> list[str]:
    other = scene.arrange(stage)
    files = []
    for theme in THEMES:
        stage.choose_theme(theme)
        for width, height in SIZES:
            stage.window.resize(width, height)
            stage.play(_SETTLE_S)
            path = out / f"{number:02d}-{scene.name}-{theme}-{width}x{height}.png"
            if not (other or stage.window).grab().save(str(path)):
                raise TourStopped(
                    f"The picture {path} could not be written.",
                    to_do="Make room, or name another folder with --out DIR.",
                )
            files.append(str(path))
            if other is not None:
                break  # a dialog has one size
    if other is not None and other is not stage.window.question:
        other.close()
    return files


@contextmanager
def _bugs() -> Iterator[list[str]]:
    """Gather what nobody caught, in any thread, while the tour runs."""
    met: list[str] = []
    before = sys.excepthook, threading.excepthook

    def in_main(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        met.append("".join(traceback.format_exception(kind, error, trace)))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        met.append("".join(traceback.format_exception(args.exc_value)))

    sys.excepthook, threading.excepthook = in_main, in_thread
    try:
        yield met
    finally:
        sys.excepthook, threading.excepthook = before


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderRefused(
            f"The folder {path} for the pictures cannot be used ({error.strerror or error}).",
            to_do="Name a folder that you may write to, with --out DIR.",
        ) from error
    return path
