"""What a recording lost at the end of the desk is said before the program ends."""

import argparse
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from cartech_desk.app.desk import open_desk


@pytest.mark.parametrize("held", [True, False])
def test_the_desk_says_at_its_end_what_was_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], held: bool
) -> None:
    args = argparse.Namespace(data=tmp_path / "desk", settings=tmp_path / "settings.toml")
    with open_desk(args) as desk:
        vehicle = desk.store.vehicles.by_name("Blue Golf").id
        desk.bay.start_recording(vehicle).result(5)
        path = desk.store.folder / "recordings.db"
        other = sqlite3.connect(path, isolation_level=None)
        if held:
            other.execute("BEGIN IMMEDIATE")
        desk.bay.mark("pull 1")
        start = time.monotonic()
    assert time.monotonic() - start < 8.0
    with closing(other):
        told = capsys.readouterr().err
    assert ("are lost" in told) == held
    assert ("Another program holds" in told) == held
    assert held or told == ""
