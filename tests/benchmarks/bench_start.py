"""From nothing to a window that is shown and usable, beside a bare window with one plot.

Whole processes, from their start to the line that they write when they are usable, offscreen; the
runs alternate, so that whatever else the machine does meets both.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from table import Row

HERE = Path(__file__).parent
RUNS = 9
BOUND = 1.6
PATIENCE_S = 60


def rows() -> list[Row]:
    """Measure a new desk, which asks for the shop, and one that is set up: it asks who is there.

    The first page, Today, is made once somebody is signed in.
    """
    with (
        tempfile.TemporaryDirectory() as new,
        tempfile.TemporaryDirectory() as set_up,
        tempfile.TemporaryDirectory() as byte_code,
        _byte_code_in(byte_code),
    ):
        _start("start_desk.py", new)  # makes the databases; byte code is compiled here too
        _start("start_bare.py")
        _found(Path(set_up))
        _start("start_desk.py", set_up)
        ours: dict[str, list[float]] = {"the first start": [], "signing in": []}
        bare = []
        for _ in range(RUNS):
            bare.append(_start("start_bare.py"))
            for times, folder in zip(ours.values(), (new, set_up), strict=True):
                times.append(_start("start_desk.py", folder))
    peer = statistics.median(bare)
    return [_row(page, statistics.median(times), peer) for page, times in ours.items()]


@contextmanager
def _byte_code_in(folder: str) -> Iterator[None]:
    """Let every program keep its byte code, as an installed one does, whatever is set here."""
    before = dict(os.environ)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = folder
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _row(page: str, ours: float, peer: float) -> Row:
    return Row(
        f"window usable, {page}",
        f"{ours:.2f} s",
        f"{peer:.2f} s, bare window with one plot",
        ours / peer,
        f"at most {BOUND}",
        ours / peer <= BOUND,
    )


def _found(folder: Path) -> None:
    """Set a shop up with three people, each with a PIN."""
    from cartech_desk.office import demo_people
    from cartech_desk.office.people import People
    from cartech_desk.office.session import Session
    from cartech_desk.store.store import Store

    # Where the program looks for the key of the audit log, beside its settings.
    store = Store(folder, folder / "keys")
    demo_people.open_demo(People(store, Session(), cost=demo_people.COST))
    store.close()


def _start(script: str, folder: str = "") -> float:
    """Seconds from the start of a process to its "usable"."""
    words = [sys.executable, str(HERE / script)]
    if folder:
        words += [folder, str(Path(folder) / "settings.toml")]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    began = time.perf_counter()
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - began
        process.wait(PATIENCE_S)
    if line.strip() != "usable" or process.returncode != 0:
        raise RuntimeError(f"{script} ended with {process.returncode} after {line!r}")
    return took
