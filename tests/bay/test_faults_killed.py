"""A desk killed with -9 while it checks up and clears: what is kept is whole, intents settled."""

import random
import subprocess
import sys

import pytest

from cartech_desk.bay import recording_acts
from cartech_desk.store.checkups import CheckupKind
from cartech_desk.store.store import Store

# Checks up and clears the simulated car for ever, and tells each step once.
PROGRAM = """
import sys
from pathlib import Path
from cartech_desk.bay import fault_clear
from cartech_desk.bay.bay import Bay
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.store import Store
fault_clear.SETTLING_S = 0.02
by = Actor("0192-t", "Tom Technician", Role.TECHNICIAN)
bay = Bay(Store(Path(sys.argv[1])))
bay.start()
bay.connect("sim:?faults=misfire&script=key_on").result(30)
print("connected", flush=True)
while True:
    for act in (
        lambda: bay.faults.check_up("", by=by),
        lambda: bay.faults.clear("", by=by, reason="again and again"),
    ):
        future, told = act(), ""
        while not future.done():
            words = bay.faults.reading.words
            if words and words != told:
                told = words
                print(words, flush=True)
        future.result()
"""


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_what_is_kept_is_whole_and_every_intent_gets_its_result(tmp_path, seed):
    steps = random.Random(seed).randint(2, 30)  # noqa: S311 - no secret
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as child:
        told = [child.stdout.readline() for _ in range(steps)]
        child.kill()
    assert told[0] == "connected\n"
    assert all(told)
    store = Store(tmp_path)
    try:
        assert store.audit.verify().ok
        kept = [store.checkups.get(one.id) for one in store.checkups.list()]
        assert all(one.scan.complete for one in kept)
        before = [one for one in kept if one.kind is CheckupKind.BEFORE_CLEAR]
        after = [one for one in kept if one.kind is CheckupKind.AFTER_CLEAR]
        assert len(before) - len(after) in {0, 1}
        open_ones = store.audit.unsettled()
        assert len(open_ones) in {0, 1}
        assert recording_acts.settle(store, longest_s=-1.0) == len(open_ones)
        assert store.audit.unsettled() == ()
    finally:
        store.close()
