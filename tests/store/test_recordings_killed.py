"""A desk killed with -9 while it records: what was told durable is there, and the end is marked."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.store.recordings import Ending
from cartech_desk.store.store import Store

# Writes seconds of samples as fast as it can, closing blocks all the while, and tells of each
# second once it is durable. The values are the sample's number.
FAST = """
import sys
from pathlib import Path
import numpy as np
from cartech_desk.store.recordings import Columns
from cartech_desk.store.store import Store
store = Store(Path(sys.argv[1]))
writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
print(writer.id, flush=True)
for second in range(100_000):
    numbers = np.arange(second * 50, second * 50 + 50)
    column = Columns(numbers * 20_000_000, numbers.astype(float), np.zeros(50, np.uint8))
    writer.write({f"c{i}": column for i in range(4)})
    print(second, flush=True)
"""

# Records as the bay does: readings as they come, of the instant at which they come.
LIVE = """
import sys, threading, time
from pathlib import Path
from cartech_desk.bay.recorder import Recorder
from cartech_desk.domain.channels import Reading
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.store.store import Store
store = Store(Path(sys.argv[1]))
recorder = Recorder(store.recordings)
recorder.start()
recording_id = recorder.begin(store.vehicles.by_name("x").id).result(5)
anchor = recorder.status.started_ns
print(recording_id, anchor, flush=True)
tick = threading.Event()
while True:
    now = monotonic_ns()
    recorder.take([Reading(f"c{i}", now, float(i)) for i in range(12)])
    tick.wait(0.01)
"""


def killed(program: str, folder: Path, after_lines: int, seconds: float) -> tuple[list[str], int]:
    """Run the program, kill it, and return what it told and when it died (monotonic)."""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(after_lines)]
        if seconds:
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(seconds)
        child.kill()
        died_ns = monotonic_ns()
        child.wait()
        told += child.stdout.read().splitlines(keepends=True)
    return [line.strip() for line in told if line.endswith("\n")], died_ns


def check_fast(folder: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 (the same points at every run)
    # A block is closed each 64 lines: some kills fall into that.
    lines = rng.choice([2, 65, 66, 67, 68, 130, 131]) + rng.randrange(0, 3)
    told, _ = killed(FAST, folder, lines, rng.random() * 0.01)
    durable = (int(told[-1]) + 1) * 50
    store = Store(folder)
    (recording,) = store.recordings.list()
    assert recording.id == told[0]
    assert recording.ending is Ending.POWER_CUT
    for summary in recording.channels:
        found = store.recordings.read(recording.id, summary.channel.name, 0, 1 << 62)
        count = len(found.t_ns)
        assert count in (durable, durable + 50)  # the kill may fall between commit and print
        assert np.array_equal(found.values, np.arange(count))
        assert summary.samples == count
        assert recording.last_ns == found.t_ns[-1]
        overview = store.recordings.overview(
            recording.id, [summary.channel.name], 0, recording.last_ns, 20
        )[summary.channel.name]
        assert overview.maximum.max() == count - 1
    assert list(folder.glob("*writer*")) == []
    store.close()


def check_live(folder: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 (the same points at every run)
    told, died_ns = killed(LIVE, folder, 1, 0.3 + rng.random() * 1.5)
    recording_id, anchor = told[0].split()
    store = Store(folder)
    recording = store.recordings.get(recording_id)
    assert recording.ending is Ending.POWER_CUT
    if recording.channels:
        missing_ns = died_ns - (int(anchor) + recording.last_ns)
    else:
        missing_ns = died_ns - int(anchor)
    assert missing_ns <= 1_000_000_000
    store.close()


@pytest.mark.parametrize("seed", range(3))
def test_what_was_durable_survives_a_kill_at_any_point(tmp_path: Path, seed: int) -> None:
    check_fast(tmp_path, seed)


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_desk_lost_at_most_a_second(tmp_path: Path, seed: int) -> None:
    check_live(tmp_path, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
def test_forty_more_kills_at_any_point(tmp_path: Path, seed: int) -> None:
    check_fast(tmp_path, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 110))
def test_ten_more_killed_desks(tmp_path: Path, seed: int) -> None:
    check_live(tmp_path, seed)
