"""Rows of people: kept whole or not at all, read without SQLAlchemy."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import DESK
from cartech_desk.store.errors import NotKept
from cartech_desk.store.people import Failures, PersonRow, ShopRow
from cartech_desk.store.store import Store

ROW = PersonRow(
    id="p1",
    email="Sam@shop.example",
    email_key="sam@shop.example",
    name="Sam",
    certification="L3",
    role="technician",
    standing="waiting",
    password_hash="$2b$04$secret",  # noqa: S106 - no password
    registered="2026-03-02T08:00:00+00:00",
)
NOTE = Entry("person.add", Entity("person", "p1", "Sam"))
SHOP = ShopRow("s1", "Blue Dyno", "metric", "EUR", "2026-03-02T08:00:00+00:00")


def insert(store: Store, row: PersonRow = ROW) -> None:
    with store.people.act(DESK) as act:
        act.insert(row)
        act.record(NOTE)


def test_a_person_comes_back_as_kept(store: Store) -> None:
    insert(store)
    assert store.people.get("p1") == ROW
    assert store.people.by_email("sam@shop.example") == ROW
    assert store.people.all() == (ROW,)
    assert store.people.by_email("nobody@shop.example") is None
    with pytest.raises(NotKept):
        store.people.get("p2")


def test_a_person_is_not_kept_where_the_act_fails(store: Store) -> None:
    def act_badly() -> None:
        with store.people.act(DESK) as act:
            act.insert(ROW)
            act.record(NOTE)
            act.change("p1", no_column=1)

    with pytest.raises(KeyError):
        act_badly()
    assert store.people.all() == ()


def test_an_act_without_its_record_is_not_kept(store: Store) -> None:
    with pytest.raises(RuntimeError), store.people.act(DESK) as act:
        act.insert(ROW)
    assert store.people.all() == ()


def test_there_is_one_shop(store: Store) -> None:
    assert store.people.shop() is None

    def found() -> None:
        with store.people.act(DESK) as act:
            act.found(SHOP)
            act.record(NOTE)

    found()
    assert store.people.shop() == SHOP
    with pytest.raises(Exception, match="UNIQUE"):
        found()


def test_only_columns_of_a_person_can_be_written(store: Store) -> None:
    insert(store)
    with pytest.raises(KeyError), store.people.act(DESK) as act:
        act.change("p1", **{"name = 'x', role": "administrator"})
    assert store.people.get("p1") == ROW


def test_a_change_counts_the_version_up(store: Store) -> None:
    insert(store)
    with store.people.act(DESK) as act:
        act.change("p1", role="manager")
        act.record(NOTE)
    assert store.people.get("p1").role == "manager"
    assert store._desk.glance("SELECT version FROM person") == [(2,)]


def test_so_many_former_passwords_are_kept_the_newest_first(store: Store) -> None:
    insert(store)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    for number in range(7):
        with store.people.act(DESK) as act:
            act.change_password(act.get("p1"), f"hash {number}", now, keep=4)
            act.record(NOTE)
    assert store.people.get("p1").password_hash == "hash 6"  # noqa: S105 - no password
    assert store.people.former_hashes("p1", 9) == ("hash 5", "hash 4", "hash 3", "hash 2")
    assert store.people.former_hashes("p1", 2) == ("hash 5", "hash 4")


def test_a_failure_that_is_counted_writes_no_record(store: Store) -> None:
    with store.people.count() as book:
        assert book.strangers_failures("k") == Failures()
        book.count_stranger("k", Failures(3, "2026-03-02T08:00:00+00:00"))
    with store.people.count() as book:
        assert book.strangers_failures("k").count == 3
    assert store._desk.glance("SELECT count(*) FROM audit") == [(0,)]


@given(st.text(max_size=60))
def test_any_text_comes_back_as_it_was(make_store: Callable[[], Store], text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    store = make_store()
    row = PersonRow(text, text, text, text, text, text, text, text, text)
    with store.people.act(DESK) as act:
        if store._desk.glance("SELECT 1 FROM person WHERE id = ?", (text,)):
            return
        act.insert(row)
        act.record(NOTE)
    assert store.people.get(text) == row


@pytest.fixture(scope="module")
def make_store(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Store]:
    made: list[Store] = []

    def make() -> Store:
        if not made:
            made.append(Store(tmp_path_factory.mktemp("people")))
        return made[0]

    return make


def test_shop_and_people_are_read_without_sqlalchemy(tmp_path: Path) -> None:
    Store(tmp_path).close()
    program = (
        "import sys; from pathlib import Path; from cartech_desk.store.store import Store\n"
        "from cartech_desk.office.people import People\n"
        "from cartech_desk.office.session import Session\n"
        "people = People(Store(Path(sys.argv[1])), Session())\n"
        "people.founded(); people.list(); people.quick(); people.refresh()\n"
        "slow = ('sqlalchemy', 'bcrypt', 'zxcvbn', 'email_validator', 'keyring')\n"
        "print([m for m in slow if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
