"""Who does something about a job, when, and by which rules of the shop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from cartech_desk.domain.people import Actor

if TYPE_CHECKING:
    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.store.job_act import JobAct
    from cartech_desk.store.store import Store


@dataclass(slots=True)
class Doing:
    """What every act on a job goes by.

    `now` is the moment at which its turn to write came: acts that waited for another one are not
    dated before it.
    """

    store: "Store"
    rules: "ShopRules"
    by: Actor
    wall: Callable[[], datetime]
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.wall()

    @contextmanager
    def act(self) -> Iterator["JobAct"]:
        """Begin the one transaction of this act."""
        with self.store.jobs.act(self.by) as act:
            self.now = self.wall()
            yield act

    @property
    def currency(self) -> str:
        """The shop's currency."""
        return self.store.people.currency()
