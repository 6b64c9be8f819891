"""What the office does by itself: verifies the audit log after the start, follows who is here."""

import logging
from typing import ClassVar

from cartech_desk.app.upkeep import Upkeep
from cartech_desk.office.office import Office

_LOG = logging.getLogger(__name__)


class AuditCheck(Upkeep):
    """Verifies the audit log once, and settles its exports that were cut short.

    What could not be done is tried again. A verification that takes longer ends with the program.
    """

    name: ClassVar[str] = "Audit log"
    doing: ClassVar[str] = "checking the audit log"
    first_s: ClassVar[float] = 1.5
    """The start itself is over by then."""
    look_s: ClassVar[float] = 60.0

    def __init__(self, office: Office, **pace: float) -> None:
        super().__init__(**pace)
        self._audit = office.audit
        self._verified = False

    def _work(self) -> bool:
        try:
            self._verify()
        finally:
            self._audit.settle()
        return True

    def _verify(self) -> None:
        """Verify once; what is broken is told by the audit log's own banner."""
        if self._verified:
            return
        verdict = self._audit.verify()
        self._verified = True
        if verdict.ok:
            _LOG.info("audit log verified: %d records", verdict.records)
        else:
            _LOG.error(
                "audit log broken at record %s: %s", verdict.first_bad_sequence, verdict.problem
            )


class PersonWatch(Upkeep):
    """Follows what another program decided on the person at the desk."""

    name: ClassVar[str] = "Person at the desk"
    doing: ClassVar[str] = "looking up who is at the desk"
    first_s: ClassVar[float] = 1.5
    """The start itself is over by then."""
    look_s: ClassVar[float] = 2.0

    def __init__(self, office: Office, **pace: float) -> None:
        super().__init__(**pace)
        self._people = office.people

    def _work(self) -> bool:
        self._people.refresh()
        return False
