"""Sums of a job come to the cent; its states, its approval, what is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartech_desk.domain.jobs.approval import approval_of, approval_words
from cartech_desk.domain.jobs.job import Job, JobLine, JobStatus, LineKind, Payment
from cartech_desk.domain.jobs.settling import (
    Balance,
    balance_of,
    counts,
    counts_since,
    noted_words,
)
from cartech_desk.domain.jobs.states import NEXT, WORDS, StepRefused, check_step
from cartech_desk.domain.jobs.totals import line_net, line_tax, totals
from cartech_desk.domain.money import Money, MoneyRefused

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LINES = st.builds(
    JobLine,
    kind=st.sampled_from(LineKind),
    words=st.just("x"),
    quantity=st.integers(1, 10**7).map(lambda milli: Decimal(milli) / 1000),
    unit_price=st.integers(0, 10**8).map(lambda cents: Money(cents, "EUR")),
    unit_cost=st.none() | st.integers(0, 10**8).map(lambda cents: Money(cents, "EUR")),
    discount_bp=st.integers(0, 10_000),
    tax_bp=st.sampled_from([0, 700, 1900, 2100, 550]),
)


def eur(cents: int) -> Money:
    return Money(cents, "EUR")


def line(cents: int, quantity: str = "1", **facts: object) -> JobLine:
    return JobLine(words="x", quantity=Decimal(quantity), unit_price=eur(cents), **facts)


@given(st.lists(LINES, max_size=12))
def test_the_sums_are_those_of_the_lines_to_the_cent(lines: list[JobLine]) -> None:
    sums = totals(lines, "EUR")
    assert sums.net.minor == sum(line_net(each).minor for each in lines)
    assert sums.net == sums.labour + sums.parts + sums.other
    assert sums.tax.minor == sum(line_tax(each).minor for each in lines)
    assert sums.tax.minor == sum(tax.minor for _, tax in sums.taxes)
    assert sums.gross == sums.net + sums.tax
    assert [rate for rate, _ in sums.taxes] == sorted({e.tax_bp for e in lines}, reverse=True)


@given(LINES)
def test_a_line_is_rounded_once_half_up(one: JobLine) -> None:
    exact = one.unit_price.minor * one.quantity * (10_000 - one.discount_bp) / 10_000
    assert line_net(one).minor == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert 2 * abs(line_net(one).minor - exact) <= 1


@pytest.mark.parametrize(
    ("one", "net", "tax"),
    [
        (line(333, "1.5", tax_bp=1900), 500, 95),
        (line(5, "0.1", tax_bp=1900), 1, 0),
        (line(9999, "3", discount_bp=3333, tax_bp=700), 19999, 1400),
        (line(10000, "1", discount_bp=10_000, tax_bp=1900), 0, 0),
        (line(250, tax_bp=1900), 250, 48),
    ],
)
def test_a_line_as_a_till_reckons_it(one: JobLine, net: int, tax: int) -> None:
    assert (line_net(one), line_tax(one)) == (eur(net), eur(tax))


def test_lines_in_two_currencies_have_no_sum() -> None:
    with pytest.raises(MoneyRefused):
        totals([line(1), replace(line(1), unit_price=Money(1, "USD"))], "EUR")


def test_parts_cost_what_they_cost_the_shop() -> None:
    fitted = line(4000, "2", kind=LineKind.PART, unit_cost=eur(2555))
    unknown = line(100, kind=LineKind.PART)
    assert totals([fitted, unknown, line(9500, unit_cost=eur(1))], "EUR").parts_cost == eur(5110)


def test_every_state_has_words_and_next_states() -> None:
    assert set(WORDS) == set(NEXT) == set(JobStatus)
    assert all(to is not now for now, many in NEXT.items() for to in many)
    assert JobStatus.PAID not in {to for many in NEXT.values() for to in many}


def test_each_step_of_the_table_passes_and_every_other_says_what_can_be_done() -> None:
    for now in JobStatus:
        for to in JobStatus:
            if to in NEXT[now]:
                check_step(1001, now, to)
            else:
                with pytest.raises(StepRefused) as refused:
                    check_step(1001, now, to)
                assert refused.value.to_do


def test_an_approval_is_kept_until_the_job_is_above_it() -> None:
    job = Job(lines=(line(10000, tax_bp=1900),), approved_by="Mr Hill", approved_at=AT)
    assert approval_of(job) is None
    job = replace(job, approved_gross=eur(11900))
    assert approval_of(job).kept
    cheaper = replace(job, lines=(line(9000, tax_bp=1900),))
    assert approval_of(cheaper).kept
    dearer = replace(job, lines=(line(10001, tax_bp=1900),))
    assert not approval_of(dearer).kept
    assert approval_words(dearer).endswith("now 0.01 EUR above it. Ask again.")


def paid(cents: int, minutes: int = 0) -> Payment:
    return Payment("p", "j", eur(cents), "cash", AT + timedelta(minutes=minutes), "Mona")


@pytest.mark.parametrize(
    ("payments", "due", "settled"),
    [
        ((), 11900, False),
        ((paid(11899),), 1, False),
        ((paid(10000), paid(1900)), 0, True),
        ((paid(11900), paid(-1)), 1, False),
    ],
)
def test_what_is_due_is_what_it_comes_to_less_what_was_paid(
    payments: tuple[Payment, ...], due: int, settled: bool
) -> None:
    balance = balance_of(eur(11900), (), payments)
    assert (balance.due, balance.settled) == (eur(due), settled)


def test_nothing_is_settled_where_nothing_was_asked_or_an_invoice_was_taken_back() -> None:
    assert not Balance(eur(0), eur(0)).settled
    assert Balance(eur(0), eur(0), invoice="0001").settled
    assert not Balance(eur(100), eur(100), taken_back=True).settled


@pytest.mark.parametrize(
    ("status", "paid_of_it", "invoice", "counted", "counts_now"),
    [
        (JobStatus.PAID, 100, "", False, True),
        (JobStatus.PAID, 99, "0001", False, False),
        (JobStatus.DONE, 95, "0001", True, True),  # 5.00 went back beside the invoice
        (JobStatus.DONE, 95, "", True, False),
        (JobStatus.IN_BAY, 100, "", False, False),
        (JobStatus.CANCELLED, 100, "", False, False),
    ],
)
def test_a_job_counts_once_it_is_done_and_paid_and_while_its_invoice_stands(
    status: JobStatus, paid_of_it: int, invoice: str, counted: bool, counts_now: bool
) -> None:
    balance = Balance(eur(100), eur(paid_of_it), invoice)
    assert counts(status, balance, counted=counted) is counts_now


def test_a_job_counts_since_its_last_money_came_or_else_since_now() -> None:
    now, done = AT + timedelta(days=40), AT + timedelta(minutes=5)
    first, last = paid(50, minutes=1), paid(50, minutes=9)
    assert counts_since(now, done, (), (first, last), last.at) == last.at
    assert counts_since(now, done, (), (last, first), first.at) == last.at
    assert counts_since(now, done, (), (first,), first.at) == done
    assert counts_since(now, done, (), (first, last)) == now


@pytest.mark.parametrize(
    ("amount", "billed", "paid", "words"),
    [
        (3000, 7200, 3000, "30.00 EUR paid, 42.00 EUR still due."),
        (4200, 7200, 7200, "42.00 EUR paid, nothing is due any more."),
        (-3000, 7200, 4200, "30.00 EUR paid back, 30.00 EUR due now."),
        (-1000, 5000, 6200, "10.00 EUR paid back, 12.00 EUR too much, to be paid back."),
        (-2200, 5000, 5000, "22.00 EUR paid back, nothing is due any more."),
    ],
)
def test_a_payment_says_what_came_or_went_and_what_is_open(
    amount: int, billed: int, paid: int, words: str
) -> None:
    assert noted_words(eur(amount), Balance(eur(billed), eur(paid), "0001")) == words
