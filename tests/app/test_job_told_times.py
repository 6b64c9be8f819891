"""Days of payments are told as the shop's calendar has them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cartech_desk.app.job_acts.told import payment_line
from cartech_desk.domain.jobs.job import Payment
from cartech_desk.domain.money import Money


def test_a_payment_of_midnight_is_of_that_day_in_the_shops_zone():
    at = datetime(2026, 3, 1, 23, tzinfo=UTC)  # 2 March, 0:00 in Berlin
    payment = Payment("p", "j", Money(100, "EUR"), "cash", at, "Mona")
    assert payment_line(payment, ZoneInfo("Europe/Berlin")).startswith("2026-03-02 ")
    assert payment_line(payment, ZoneInfo("America/New_York")).startswith("2026-03-01 ")
