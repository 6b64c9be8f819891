"""Ways that are quicker find the same: by the words in memory, and by their letters."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from cartech_desk.store import finding
from cartech_desk.store.finding import Entry, FindStore, keep_entries
from cartech_desk.store.finding_letters import LikeWords
from cartech_desk.store.store import Store

NAMES = ("Anna Brandt", "Arne Brand", "Jürgen Schulmeier", "Jan Schubert", "Ines Gold")
MODELS = ("Volkswagen Golf", "Subaru Impreza", "Honda Civic Type R")
VINS = ("WVWZZZ1K0HA", "WVWZZZ1K6HA", "WBAZZZ1K0HA")
SHOP = [
    *(
        Entry("vehicle", f"v{n}", MODELS[n % 3], f"HH-A{'BCD'[n % 3]} {n}", f"{VINS[n % 3]}{n:06}")
        for n in range(90)
    ),
    *(
        Entry("customer", f"c{n}", NAMES[n % 5], "Hamburg", f"0151 {5_500_000 + 7919 * n}")
        for n in range(90)
    ),
    *(Entry("job", f"j{n}", f"Job {1000 + n}", f"{MODELS[n % 3]} · Oil") for n in range(90)),
]
TYPED = (
    *("golf gti", "hhab 12", "HH-AC 4", "wvwzzz1k0ha000", "wvazzz1k0ha", "0151 55", "0151 5507919"),
    *("brandt ana", "schulmeir", "type r", "job 1004", "zzz1k", "ha0000", "oil golf br", "5 5"),
)
LETTERS = "abgotz019é"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("finding")
    opened = Store(folder, folder / "keys")
    with opened._desk.write() as connection:
        keep_entries(connection, SHOP)
    yield opened
    opened.close()


def keys() -> list[str]:
    return sorted({word[:length] for word in TYPED for length in range(1, len(word) + 1)})


@pytest.mark.parametrize("limit", [3, 50])
def test_what_is_looked_for_by_words_is_found_as_by_parts(
    store: Store, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = {}
    for most in (2, finding._FEW_WORDS):
        monkeypatch.setattr(finding, "_FEW_WORDS", most)
        store.finding.make_ready()
        quick[most] = {typed: store.finding.find(typed, limit=limit) for typed in keys()}
    monkeypatch.setattr(FindStore, "_holding", lambda _self, _connection: lambda _part: None)
    monkeypatch.setattr(finding._Search, "_few", lambda _self, _connection, _way: None)
    slow = {typed: store.finding.find(typed, limit=limit) for typed in keys()}
    assert all(found == slow for found in quick.values())


@settings(max_examples=150, deadline=None)
@given(
    kept=st.lists(st.text(LETTERS, min_size=4, max_size=4), min_size=1, max_size=20),
    more=st.lists(st.text(LETTERS, min_size=4, max_size=4), max_size=5),
    typed=st.text(LETTERS, min_size=2, max_size=6),
    errors=st.integers(1, 2),
)
@example(kept=["aaaa"], more=[], typed="bbaa", errors=2)
def test_no_word_that_is_near_is_passed_over_by_its_letters(
    kept: list[str], more: list[str], typed: str, errors: int
) -> None:
    words = LikeWords()
    words.add(kept)
    words.like(typed, errors)
    words.add(more)
    near = {one for one in (*kept, *more) if OSA.distance(one, typed) <= errors}
    assert near <= set(words.like(typed, errors))


def test_a_part_of_many_words_counts_as_many(store: Store) -> None:
    store.finding.make_ready()
    spelling = store.finding._spelling
    assert spelling.holding("zzz1k", 5) is None
    assert spelling.holding("nowhere", 5) == ()
    assert set(spelling.holding("ubar", 5) or ()) == {"subaru"}
