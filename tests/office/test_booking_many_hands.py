"""Eight people at the calendar at once: no two bookings overlap on a bay or a technician."""

import random
import sqlite3
import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.domain.errors import CarTechError
from cartech_desk.office.booking_errors import Overlap
from cartech_desk.store.errors import Changed

from .calendar_desk import MONDAY, CalendarDesk

HANDS = 8
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["book", "move", "cancel", "back", "delete"]),
        st.integers(0, 7),
        st.integers(1, 4),
        st.sampled_from([(1, 0), (0, 1), (1, 1), (2, 0), (2, 1)]),
        st.integers(0, 2),
    ),
    min_size=HANDS,
    max_size=HANDS * 4,
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    made = CalendarDesk(tmp_path_factory.mktemp("hands"))
    yield made
    made.store.close()


def act(desk, what, ids):
    """Do one act as a person would; what is refused has changed nothing."""
    kind, slot, length, (bay, tom), buffer = what
    bays = ("", desk.bay.id, desk.other_bay.id)
    starts = MONDAY + timedelta(minutes=30 * slot)
    given = {
        "bay_id": bays[bay],
        "technician_id": desk.tom.id if tom else "",
        "buffer_after_min": 15 * buffer,
    }
    if kind == "book" or not ids:
        wanted = desk.appointment(slot / 2, 30 * length, **given)
        ids.append(desk.calendar.book(desk.boss, wanted, even_so=True).id)
        return
    one = desk.calendar.get(ids[slot % len(ids)])
    if kind == "move":
        desk.calendar.move(
            desk.boss,
            one.id,
            one.version,
            starts=starts,
            bay_id=given["bay_id"],
            technician_id=given["technician_id"],
            even_so=True,
        )
    elif kind == "delete":
        desk.calendar.delete(desk.boss, one.id, one.version)
    else:
        there = {"cancel": AppointmentStatus.CANCELLED, "back": AppointmentStatus.BOOKED}
        desk.calendar.set_status(desk.boss, one.id, there[kind])


def all_at_once(desk, acts):
    """Let eight threads do the acts, and return what they could not do."""
    ids, refused, bugs = [], [], []
    gate = threading.Barrier(HANDS)

    def work(mine):
        gate.wait()
        for what in mine:
            try:
                act(desk, what, ids)
            except CarTechError as error:
                refused.append(error)
            except BaseException as error:
                bugs.append(error)
                raise

    threads = [
        threading.Thread(target=work, args=(acts[number::HANDS],)) for number in range(HANDS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bugs == []
    return refused


def need_no_overlap(desk):
    """Every appointment that holds something holds it, and nothing overlaps."""
    rows = desk.bookings()
    for (resource, _, ends), (next_one, starts, _) in pairwise(rows):
        assert resource != next_one or ends <= starts
    held = [one for one in desk.calendar.list(limit=1000)[0] if one.holds]
    assert len(rows) == sum(len(one.resources) for one in held)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_no_two_bookings_overlap_whatever_eight_threads_do(opened, acts):
    opened.clear()
    all_at_once(opened, acts)
    need_no_overlap(opened)


@pytest.mark.long
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_no_two_bookings_overlap_whatever_eight_threads_do_for_long(opened, acts):
    opened.clear()
    all_at_once(opened, acts)
    need_no_overlap(opened)


def test_of_eight_who_want_the_same_hour_one_gets_it(opened):
    opened.clear()
    refused = all_at_once(opened, [("book", 2, 2, (1, 1), 0)] * HANDS)
    assert len(refused) == HANDS - 1
    assert all(isinstance(error, Overlap) for error in refused)
    assert all(error.in_way for error in refused)
    need_no_overlap(opened)


def test_of_eight_who_move_the_same_one_nobody_overwrites_another(opened):
    opened.clear()
    kept = opened.book()
    rng = random.Random(6)  # noqa: S311 - a seed, for the same test each time
    done, changed = [], []

    def move():
        try:
            starts = MONDAY + timedelta(minutes=30 * rng.randrange(8))
            move_it = opened.calendar.move
            done.append(move_it(opened.boss, kept.id, kept.version, starts=starts, even_so=True))
        except Changed as error:
            changed.append(error)

    threads = [threading.Thread(target=move) for _ in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(changed)) == (1, HANDS - 1)
    assert opened.calendar.get(kept.id) == done[0]


@pytest.mark.parametrize("way", ["insert", "update"])
def test_the_file_itself_refuses_an_overlap(opened, way):
    opened.clear()
    first, second = opened.book(0), opened.book(2)
    row = opened.bookings()[0]
    with opened.store._desk.write_plainly() as driver:
        statement = (
            "INSERT INTO booking (resource_id, starts, ends, appointment_id) VALUES (?, ?, ?, ?)"
            if way == "insert"
            else "UPDATE booking SET resource_id = ?, starts = ?, ends = ? WHERE appointment_id = ?"
        )
        if way == "insert":
            driver.execute("DELETE FROM booking WHERE appointment_id = ?", (second.id,))
        with pytest.raises(sqlite3.IntegrityError, match="overlap"):
            driver.execute(statement, (*row, second.id))
    assert first.id != second.id
