"""The acts of the audit log in words, and how a record is said to a person."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from cartech_desk.domain.audit import AuditRecord, Phase

ACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "shop.found": "Shop set up",
        "person.register": "Person registered",
        "person.add": "Person added",
        "person.approve": "Person approved",
        "person.disable": "Person disabled",
        "person.role": "Role changed",
        "person.password": "Password changed",
        "person.pin": "PIN changed",
        "session.sign_in": "Signed in",
        "session.switch": "Took over with PIN",
        "session.sign_out": "Signed out",
        "session.lock": "Desk locked",
        "session.end": "Signed out by the desk",
        "session.refused": "Sign-in refused",
        "limit.set": "Limit set",
        "limit.remove": "Limit removed",
        "limit.import": "Limits imported",
        "limit.profile": "Profile of limits chosen",
        "alarm.raise": "Alarm raised",
        "alarm.escalate": "Alarm escalated",
        "alarm.return": "Alarm returned to normal",
        "alarm.acknowledge": "Alarm acknowledged",
        "alarm.clear": "Alarm cleared",
        "alarm.shelve": "Alarm shelved",
        "alarm.unshelve": "Alarm taken off the shelf",
        "alarm.out_of_service": "Alarm taken out of service",
        "alarm.in_service": "Alarm back in service",
        "recording.delete": "Recording deleted",
        "recording.restore": "Recording restored",
        "recording.purge": "Recording removed for good",
        "recording.export": "Recording exported",
        "dyno.session_start": "Dyno session started",
        "dyno.session_change": "Dyno session changed",
        "dyno.session_stop": "Dyno session ended",
        "dyno.run_start": "Dyno run started",
        "dyno.run_stop": "Dyno run ended",
        "dyno.run_seal": "Dyno run's samples sealed",
        "dyno.run_change": "Dyno run changed",
        "dyno.run_delete": "Dyno run deleted",
        "dyno.run_restore": "Dyno run restored",
        "dyno.run_import": "Dyno run imported",
        "dyno.report": "Dyno sheet issued",
        "checkup.keep": "Check-up kept",
        "checkup.report": "Check-up sheet issued",
        "codes.clear": "Fault codes cleared",
        "codes.clear_refused": "Clearing fault codes refused",
        "codes.import": "Maker's fault codes imported",
        "codes.remove": "Maker's fault codes removed",
        "customer.add": "Customer added",
        "customer.change": "Customer changed",
        "customer.merge": "Customers joined",
        "customer.delete": "Customer deleted",
        "customer.restore": "Customer restored",
        "vehicle.add": "Vehicle added",
        "vehicle.change": "Vehicle changed",
        "vehicle.merge": "Vehicles joined",
        "vehicle.delete": "Vehicle deleted",
        "vehicle.restore": "Vehicle restored",
        "vehicle.modify": "Modification noted",
        "vehicle.unmodify": "Modification removed",
        "vehicle.attach": "Photo or document added",
        "vehicle.detach": "Photo or document removed",
        "job.open": "Job opened",
        "job.change": "Job changed",
        "job.status": "Job's status changed",
        "job.line": "Lines of a job changed",
        "job.approve": "Estimate approved",
        "job.record": "Recording given to a job",
        "job.delete": "Job deleted",
        "job.restore": "Job restored",
        "paper.issue": "Paper issued",
        "paper.credit": "Invoice taken back",
        "payment.note": "Payment noted",
        "appointment.book": "Appointment booked",
        "appointment.change": "Appointment changed",
        "appointment.status": "Appointment's status changed",
        "appointment.delete": "Appointment deleted",
        "waiting.change": "Waiting list changed",
        "calendar.import": "Calendar imported",
        "calendar.export": "Calendar exported",
        "calendar.remove": "Imported calendar removed",
        "service.change": "Service changed",
        "resource.change": "Bay or technician changed",
        "hours.change": "Hours or time off changed",
        "mail.queue": "E-mail written",
        "mail.cancel": "E-mail withdrawn",
        "part.add": "Part added",
        "part.change": "Part changed",
        "part.delete": "Part deleted",
        "part.restore": "Part restored",
        "part.import": "Parts imported",
        "part.export": "Parts exported",
        "stock.move": "Stock moved",
        "stock.count": "Stock counted",
        "stock.acknowledge": "Low stock acknowledged",
        "supplier.change": "Supplier changed",
        "order.change": "Purchase order changed",
        "order.receive": "Goods received",
        "list.export": "List exported",
        "revenue.export": "Revenue exported",
        "performance.report": "Performance report issued",
        "desk.backup": "Backup made",
        "desk.restore": "Backup restored",
        "demo.fill": "Demo shop filled",
        "link.set": "Link definition kept",
        "link.remove": "Link definition removed",
        "settings.safety": "Safety settings changed",
        "settings.shop": "Shop settings changed",
        "settings.mail": "Mail settings changed",
        "settings.backup": "Backup settings changed",
        "audit.export": "Audit log exported",
        "audit.verify_failed": "Audit log found broken",
        "audit.key": "Audit key renewed",
        "audit.unkeyed": "Audit records without a key from here",
        "audit.keyed": "Audit records with a key again",
    }
)
"""Every action of this version, in words."""

_NONE: Final = "\u2013"


def action_words(action: str) -> str:
    """Return an action in words; one of another version by its own name, made readable."""
    return ACTIONS.get(action) or action.replace(".", ": ").replace("_", " ").capitalize()


def act_words(record: AuditRecord) -> str:
    """Return what was done, and whether the record is only its intent or its result."""
    if record.problem:
        return "Cannot be read"
    words = action_words(record.action)
    if record.phase is Phase.INTENT:
        return f"{words} (intent)"
    if record.phase is Phase.RESULT:
        done = (record.after or {}).get("done")
        return f"{words} ({'done' if done else 'not done'})"
    return words


def change_rows(record: AuditRecord) -> tuple[tuple[str, str, str], ...]:
    """Return what was before and after: name, before, after, one row for each value.

    Values within values are named `a.b`. A value that is the same before and after is left out.
    """
    before, after = _flat(record.before), _flat(record.after)
    names = list(dict.fromkeys([*before, *after]))
    rows = [(name, before.get(name, ""), after.get(name, "")) for name in names]
    if record.before is not None and record.after is not None:
        return tuple(row for row in rows if row[1] != row[2])
    return tuple(rows)


def change_words(record: AuditRecord, arrow: str = "→") -> str:
    """Return what was before and after on one line."""
    both = record.before is not None and record.after is not None
    parts = []
    for name, before, after in change_rows(record):
        if both:
            parts.append(f"{name}: {before or _NONE} {arrow} {after or _NONE}")
        else:
            parts.append(f"{name}: {before or after or _NONE}")
    return "; ".join(parts)


def _flat(value: Mapping[str, Any] | None, within: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, inner in (value or {}).items():
        whole = f"{within}{name}"
        if isinstance(inner, Mapping):
            found.update(_flat(inner, f"{whole}."))
        else:
            found[whole.replace("_", " ")] = _said(inner)
    return found


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(inner)}" for name, inner in value.items())
    return str(value)
