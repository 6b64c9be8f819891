"""What a job brought, by service and technician, and stretches of time taken off others."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.bay_use import Span, common, minutes, union, without
from cartech_desk.domain.jobs.job import Job, JobLine, LineKind
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.domain.money import Money
from cartech_desk.domain.revenue_entries import shares_of, summed


def line(kind: LineKind, cents: int, quantity: str = "1", **facts: object) -> JobLine:
    given: dict[str, Any] = {
        "words": "x",
        "quantity": Decimal(quantity),
        "unit_price": Money(cents, "EUR"),
    }
    return JobLine(kind=kind, tax_bp=1900, **(given | facts))


JOB = Job(
    technician_id="t1",
    lines=(
        line(LineKind.LABOUR, 9500, "1.5", service_id="s1"),
        line(LineKind.LABOUR, 9500, service_id="s1", technician_id="t2"),
        line(LineKind.LABOUR, 333),
        line(LineKind.PART, 4000, "1.5", unit_cost=Money(3, "EUR")),
        line(LineKind.PART, 100),
        line(LineKind.OTHER, 250),
    ),
)


def test_each_line_is_a_share_of_its_service_and_of_who_did_it() -> None:
    found = {(one.service, one.technician_id): one.net for one in shares_of(JOB)}
    assert found == {
        ("s1", "t1"): 14250,
        ("s1", "t2"): 9500,
        ("labour", "t1"): 333,
        ("parts", "t1"): 6100,
        ("other", "t1"): 250,
    }


def test_shares_come_to_the_sums_of_the_job() -> None:
    whole, sums = summed(shares_of(JOB)), totals(JOB.lines, "EUR")
    assert (whole.net, whole.tax) == (sums.net.minor, sums.tax.minor)
    assert (whole.labour, whole.parts, whole.other) == (
        sums.labour.minor,
        sums.parts.minor,
        sums.other.minor,
    )
    assert whole.parts_cost == sums.parts_cost.minor


def test_what_a_part_cost_is_rounded_half_up_and_told_where_it_is_not_known() -> None:
    (parts,) = [one for one in shares_of(JOB) if one.service == "parts"]
    assert (parts.parts_cost, parts.without_cost) == (5, 100)


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda two: (min(two), max(two)))
)


def seconds(spans: list[Span]) -> set[int]:
    return {second for first, last in spans for second in range(first, last)}


@given(SPANS, SPANS)
def test_stretches_together_and_in_common_are_those_of_their_seconds(
    some: list[Span], others: list[Span]
) -> None:
    assert seconds(union([*some, *others])) == seconds(some) | seconds(others)
    assert seconds(common(some, others)) == seconds(some) & seconds(others)
    for found in (union(some), common(some, others)):
        assert all(one[1] < two[0] for one, two in pairwise(found))


@given(SPANS, SPANS)
def test_what_is_left_and_what_is_taken_off_are_the_whole(
    some: list[Span], others: list[Span]
) -> None:
    left = without(some, others)
    assert common(left, others) == []
    assert union([*left, *common(some, others)]) == union(some)


@pytest.mark.parametrize(
    ("off", "left"), [([], 8), ([(2, 3)], 7), ([(0, 9)], 0), ([(0, 2), (5, 20)], 3)]
)
def test_time_off_is_taken_off(off: list[Span], left: int) -> None:
    hours = [(one[0] * 3600, one[1] * 3600) for one in off]
    assert minutes(without([(0, 4 * 3600), (4 * 3600, 8 * 3600)], hours)) == left * 60
