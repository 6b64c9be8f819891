"""Filling the demo's office while its window is open."""

import logging
from typing import ClassVar

from cartech_desk.app.upkeep import Upkeep
from cartech_desk.office.office import Office

_LOG = logging.getLogger(__name__)


class DemoFilling(Upkeep):
    """Ends once the shop is there. What is broken off goes on a little later, or at the next start.

    At the stop it ends after what is being written at that moment.
    """

    name: ClassVar[str] = "Demo shop"
    doing: ClassVar[str] = "filling the demo's shop"
    first_s: ClassVar[float] = 1.0
    """The window is there by then."""
    look_s: ClassVar[float] = 20.0
    """What kept it from going on may be over by then."""
    join_s: ClassVar[float] = 2.0

    def __init__(self, office: Office, **pace: float) -> None:
        super().__init__(**pace)
        self._office = office

    def _work(self) -> bool:
        from cartech_desk.office.demo_shop import fill

        filled = fill(self._office, stop=self._told)
        if filled.jobs:
            _LOG.info("demo shop filled: %s", filled)
        return True
