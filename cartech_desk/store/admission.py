"""The one place where every act asks whether who acts still may.

An actor carries the role of the moment in which somebody signed in; another desk on the same folder
or a command may have taken it away since. So each audited act, and each intent, looks the person up
in its own transaction before anything is changed.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.people import Actor
from cartech_desk.store.audit import AuditedAct, AuditLog


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a person now."""

    role: str
    standing: str


Rule = Callable[[Actor, Known | None], None]
"""Refuses by a CarTechError who may not act any more; None is kept of whom nobody knows here."""

_KNOWN: Final = "SELECT role, standing FROM person WHERE id = ?"


class AdmittingLog(AuditLog):
    """The audit log with a rule of the office, which everything is let past before it is set."""

    _rule: Rule | None = None

    def admit_by(self, rule: Rule) -> None:
        """Ask this rule from now on."""
        self._rule = rule

    @contextmanager
    def act(self, actor: Actor) -> Iterator[AuditedAct]:
        """One audited act of somebody who still may; as `AuditLog.act`, and the rule's refusals."""
        with self._act(actor) as act:
            if self._asks_of(actor):
                row = act.connection.exec_driver_sql(_KNOWN, (actor.id,)).fetchone()
                self._ask(actor, None if row is None else Known(str(row[0]), str(row[1])))
            yield act

    def act_of_anybody(self, actor: Actor) -> AbstractContextManager[AuditedAct]:
        """One audited act whose own rules say who may do it: signing in, founding, registering."""
        return self._act(actor)

    def intent(self, actor: Actor, entry: Entry) -> int:
        """Record an intent of somebody who still may; as `AuditLog.intent`."""
        self.admit(actor)
        return super().intent(actor, entry)

    def admit(self, actor: Actor) -> None:
        """Refuse who may not act any more, for what leaves no record. Errors: the rule's."""
        if self._asks_of(actor):
            rows = self._database.glance(_KNOWN, (actor.id,))
            self._ask(actor, Known(*map(str, rows[0])) if rows else None)

    def _asks_of(self, actor: Actor) -> bool:
        return self._rule is not None and bool(actor.id)

    def _ask(self, actor: Actor, known: Known | None) -> None:
        if self._rule is not None:
            self._rule(actor, known)
