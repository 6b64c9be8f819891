"""Search over ten years of a shop does not look through it all (its speed: `bench shop`)."""

import random
import time
from collections.abc import Callable

import pytest

from cartech_desk.store.finding import Entry, keep_entries
from cartech_desk.store.store import Store

pytestmark = pytest.mark.long

SYLLABLES = "ber mann hof schul meier fisch web schnei krau wag ner kel ler bau holz".split()  # noqa: SIM905 - reads better
MODELS = ("Volkswagen Golf", "BMW 330i", "Subaru Impreza", "Audi RS3", "Toyota Supra")
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
TYPED = (
    "1",
    "12",
    "1042",
    "m",
    "go",
    "golf",
    "m-ab 12",
    "schulmeier",
    "volkswagn",
    "subaur",
    "wvwz",
)


TIMES = 10
READ_ALL = "SELECT number, kind, ref, title, detail, words FROM find_entry"


def test_each_key_is_answered_ten_times_sooner_than_all_entries_are_read(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    chance = random.Random(7)  # noqa: S311 - made-up shop, the same each time
    folder = tmp_path_factory.mktemp("large")
    store = Store(folder, folder / "keys")
    names = [f"Anna {''.join(chance.sample(SYLLABLES, 3)).capitalize()}" for _ in range(15_000)]
    vehicles = [
        f"{chance.choice(MODELS)} M-{chance.choice(LETTERS)}{chance.choice(LETTERS)} "
        f"{chance.randrange(9999)}"
        for _ in range(20_000)
    ]
    with store._desk.write() as connection:
        keep_entries(connection, (Entry("customer", f"c{n}", one) for n, one in enumerate(names)))
        keep_entries(
            connection,
            (
                Entry("vehicle", f"v{n}", one, chance.choice(names), f"WVWZZZ1K{n:09d}")
                for n, one in enumerate(vehicles)
            ),
        )
        keep_entries(
            connection,
            (
                Entry("job", f"j{n}", f"{1000 + n} Service", chance.choice(vehicles))
                for n in range(100_000)
            ),
        )
        keep_entries(
            connection,
            (Entry("run", f"r{n}", "Run 1", chance.choice(vehicles)) for n in range(50_000)),
        )
    store.finding.make_ready()
    with store._desk.read() as connection:
        whole = least(lambda: connection.exec_driver_sql(READ_ALL).fetchall())
        for typed in TYPED:
            assert store.finding.find(typed)
            assert TIMES * least(lambda typed=typed: store.finding.find(typed)) < whole, typed
    store.close()


def least(work: Callable[[], object]) -> float:
    """Return the least processor time of several, for other things are done beside."""
    took = []
    for _ in range(3):
        begun = time.thread_time()
        work()
        took.append(time.thread_time() - begun)
    return min(took)
