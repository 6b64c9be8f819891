"""A count is right whatever moves while it goes on, and whenever that is noted."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.domain.parts.part import Part
from cartech_desk.domain.people import Actor, Role
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.parts import Parts
from cartech_desk.store.part_counts import CountRefused
from cartech_desk.store.stock import DatedBeforeCount, OutOfStock
from cartech_desk.store.store import Store

ADA = Actor("", "Ada Administrator", Role.MANAGER)
SKUS = count(1)


class Clock:
    """A minute for each look."""

    def __init__(self):
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def wall(self):
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture(scope="module")
def counter(tmp_path_factory):
    store, clock = Store(tmp_path_factory.mktemp("counts") / "desk"), Clock()
    yield Parts(store, ShopRules, wall=clock.wall), clock
    store.close()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["at once", "later", "unseen", "count", "finish", "note"]),
        st.integers(-5, 5).filter(bool),
    ),
    max_size=25,
)


def go_through(counter, steps):
    """People take and bring; some of it is noted later, some never: the count settles it all."""
    parts, clock = counter
    part = parts.add(Part(sku=f"C{next(SKUS)}", name="Hose"), ADA, on_hand=Decimal(20))
    shelf, waiting, begun, counted = 20, [], None, False
    for what, quantity in [*steps, ("count", 1), ("finish", 1), *[("note", 1)] * len(steps)]:
        if what in ("at once", "later", "unseen"):
            if shelf + quantity < 0:
                continue
            shelf += quantity
            move = (quantity, clock.wall())
            if what != "unseen":
                waiting.append(move)
            if what == "at once" and not note(parts, part, *waiting[-1]):
                continue
            if what == "at once":
                waiting.pop()
        elif what == "count":
            begun = begun or parts.counts.start(ADA).id
            parts.counts.set(begun, part.id, Decimal(shelf), ADA)
            counted = True
        elif what == "finish" and begun and counted:
            try:
                parts.counts.finish(begun, ADA)
            except CountRefused:  # more has gone since than was counted: it is counted again
                parts.counts.set(begun, part.id, Decimal(shelf), ADA)
                waiting.clear()
                parts.counts.finish(begun, ADA)
            begun, counted = None, False
        elif what == "note" and waiting:
            move = waiting.pop(0)
            if not note(parts, part, *move):
                waiting.append(move)
    assert parts.get(part.id).on_hand == shelf
    assert sum(line.move.quantity for line in parts.ledger(part.id, limit=999)[0]) == shelf


def note(parts, part, quantity, at):
    """Note a move; one from before the count is in it already, one too many waits."""
    try:
        parts.adjust(part.id, Decimal(quantity), ADA, reason="work", at=at)
    except DatedBeforeCount:
        return True
    except OutOfStock:
        return False
    return True


@settings(max_examples=15)
@given(STEPS)
def test_a_count_settles_what_was_never_noted_and_keeps_what_is_noted_later(counter, steps):
    go_through(counter, steps)


@pytest.mark.long
@settings(max_examples=250)
@given(STEPS)
def test_counts_settle_over_many_ways_of_working(counter, steps):
    go_through(counter, steps)
