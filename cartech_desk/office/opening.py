"""When the shop is open: its hours, holidays and closed days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cartech_desk.domain.appointments.hours import OpenDay, Stretch, open_day
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.holidays_of import holidays_of


@dataclass(frozen=True, slots=True)
class Opening:
    """The shop's days by its rules of one moment."""

    rules: ShopRules

    def day(self, day: date) -> OpenDay:
        """Return one day."""
        return open_day(self.rules, day, holidays_of(self.rules.holidays_of, day.year))

    def days(self, first: date, count: int) -> Iterator[OpenDay]:
        """Yield some days, one after the other."""
        for number in range(count):
            yield self.day(first + timedelta(days=number))

    def longest(self, first: date) -> int:
        """Return how long a piece of work can be that begins and ends on one of the next days.

        It may go on over a break. At least an hour, also in a shop that is never open.
        """
        spans = [
            Stretch(day.open[0].starts, day.open[-1].ends).minutes
            for day in self.days(first, 14)
            if day.open
        ]
        return max(spans, default=60)
