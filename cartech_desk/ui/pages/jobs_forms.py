"""The questions of the Jobs page: a job, a line, an approval, money."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from cartech_desk.domain.appointments.booking import Resource, ResourceKind, Service
from cartech_desk.domain.jobs.job import Job, JobStatus
from cartech_desk.domain.jobs.settling import noted_words
from cartech_desk.domain.money import Money, MoneyRefused, money_text, parse_money
from cartech_desk.domain.people import Actor
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.ui.models.job_words import METHODS
from cartech_desk.ui.pages.jobs_seen import SeenForm
from cartech_desk.ui.pages.vehicles_forms import (
    customer_picks,
    typed_day,
    vehicle_picks,
    whole_number,
)
from cartech_desk.ui.widgets.record_form import Drafts, RecordForm
from cartech_desk.ui.widgets.record_picker import Pick

if TYPE_CHECKING:
    from cartech_desk.office.office import Office

Done = Callable[[object], None]
Bug = Callable[[BaseException], None]
_CODE: Final = "job_refused"
_SHOWN: Final = 12
_STAMP: Final = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Shop:
    """What forms of jobs choose from: bays, technicians, services, and the shop's time zone."""

    resources: tuple[Resource, ...] = ()
    services: tuple[Service, ...] = ()
    currency: str = "EUR"
    zone: str = "UTC"

    @classmethod
    def read(cls, office: "Office") -> "Shop":
        """Read it; blocking."""
        shop = office.people.shop()
        return cls(
            office.appointments.resources(),
            office.appointments.services(),
            shop.currency if shop is not None else "EUR",
            office.rules().zone,
        )

    @property
    def names(self) -> dict[str, str]:
        """Names of bays and technicians by their ids."""
        return {one.id: one.name for one in self.resources}

    def choices(self, kind: ResourceKind, none: str) -> list[tuple[str, str]]:
        """Return what a field offers, beginning with none."""
        return [("", none), *((one.id, one.name) for one in self.resources if one.kind is kind)]


def job_form(
    office: "Office",
    by: Actor,
    job: Job,
    shop: Shop,
    *,
    done: Done,
    bug: Bug,
    drafts: Drafts,
    add_vehicle: Callable[[str], None],
    add_customer: Callable[[str], None],
    parent: QWidget,
) -> RecordForm:
    """Ask what a job is about; one without an id is opened.

    `done` gets the job; of a new one also to which job of its car recordings belong, in words.
    """

    def keep(seen: Job, typed: Mapping[str, str]) -> Job | tuple[Job, str]:
        wrong: dict[str, str] = {}
        found = replace(
            seen,
            customer_id=typed["customer"],
            title=typed["title"].strip(),
            complaint=typed["complaint"].strip(),
            odometer_km=whole_number(typed["odometer"], "odometer", wrong),
            promised=_typed_time(typed["promised"], shop.zone, wrong),
            technician_id=typed["technician"],
            bay_id=typed["bay"],
            note=typed["note"].strip(),
        )
        if not job.id:
            found = replace(found, vehicle_id=typed["vehicle"], status=JobStatus(typed["status"]))
        if wrong:
            raise FieldsRefused(_CODE, wrong)
        if job.id:
            return office.jobs.change(found, by, asked="even_so" in typed)
        opened = office.jobs.open(found, by, asked="even_so" in typed)
        return opened, office.jobs.recorded_words(opened)

    form = SeenForm(
        office,
        job,
        f"Job {job.number}" if job.id else "New job",
        "Keep the job" if job.id else "Open the job",
        keep,
        done=done,
        bug=bug,
        again=False,
        drafts=drafts,
        draft=f"job {job.id}" if job.id else f"new job {job.vehicle_id}{job.customer_id}",
        parent=parent,
    )
    if not job.id:
        vehicle = Pick(job.vehicle_id, job.vehicle) if job.vehicle_id else None
        form.pick(
            "vehicle",
            "Vehicle",
            vehicle_picks(office.vehicles),
            vehicle,
            "Plate, VIN, name or owner.",
            add_words="New…",
            add=add_vehicle,
        )
    customer = Pick(job.customer_id, job.customer) if job.customer_id else None
    form.pick(
        "customer",
        "Customer",
        customer_picks(office.customers),
        customer,
        "Empty: the vehicle's owner." if not job.id else "",
        add_words="New…",
        add=add_customer,
    )
    form.line("title", "What", "As it stands on the invoice: Service, 60,000 km.", needed=False)
    form.lines["title"].setText(job.title)
    form.text("complaint", "What the customer says", value=job.complaint)
    if not job.id:
        states = [
            (JobStatus.ARRIVED.value, "The car is here"),
            (JobStatus.BOOKED.value, "The car comes later"),
        ]
        form.choice("status", "Standing", states, job.status.value)
    km = "" if job.odometer_km is None else str(job.odometer_km)
    form.line("odometer", "Odometer (km)", needed=False, value=km)
    promised = ""
    if job.promised is not None:
        promised = f"{job.promised.astimezone(ZoneInfo(shop.zone)):{_STAMP}}"
    form.line("promised", "Promised for", "As 2026-03-14 17:00.", needed=False, value=promised)
    technicians = shop.choices(ResourceKind.TECHNICIAN, "nobody yet")
    form.choice("technician", "Technician", technicians, job.technician_id)
    form.choice("bay", "Bay", shop.choices(ResourceKind.BAY, "none yet"), job.bay_id)
    form.text("note", "Note for the shop", "Stands on no paper.", value=job.note)
    form.begin()
    return form


def _typed_time(text: str, zone: str, wrong: dict[str, str]) -> datetime | None:
    """Return a typed local time of the shop in UTC, None for nothing."""
    words = " ".join(text.split())
    if not words:
        return None
    try:
        # A day alone is promised for its end.
        typed = datetime.fromisoformat(words if " " in words else f"{words} 17:00")
    except ValueError:
        wrong["promised"] = "This is no time. Type it as 2026-03-14 17:00."
        return None
    return typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _typed_coming(text: str, zone: ZoneInfo, wrong: dict[str, str]) -> datetime | None:
    """Return when the day begins on which money came; None for today, which is now."""
    day = typed_day(text, "at", wrong)
    if day is None or day == datetime.now(zone).date():
        return None
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def typed_money(text: str, currency: str, field: str, wrong: dict[str, str]) -> Money | None:
    """Return a typed sum, None for nothing; what is none is put into `wrong`."""
    if not text.strip():
        return None
    try:
        return parse_money(text, currency)
    except MoneyRefused as error:
        wrong[field] = error.message
        return None


def approve_form(
    office: "Office", by: Actor, job: Job, gross: Money, *, done: Done, bug: Bug, parent: QWidget
) -> RecordForm:
    """Ask who agreed to the job as it is now."""
    form = SeenForm(
        office,
        job,
        f"Approval of job {job.number}",
        "It is approved",
        lambda seen, typed: office.jobs.approve(
            seen.id, typed["who"].strip(), by, how=typed["how"].strip(), version=seen.version
        ),
        done=done,
        bug=bug,
        words=f"The job comes to {money_text(gross)} as it is now. What is added later is told.",
        parent=parent,
    )
    form.line("who", "Who agreed", value=job.customer)
    form.line("how", "How", "By phone, by e-mail, signed here.", needed=False)
    form.begin()
    return form


def money_form(
    office: "Office",
    by: Actor,
    job: Job,
    suggested: Money,
    *,
    back: bool,
    done: Done,
    bug: Bug,
    parent: QWidget,
) -> RecordForm:
    """Ask for money that came, or (`back`) goes back.

    `done` gets the job as it is then, and what was noted in words.
    """
    zone = ZoneInfo(office.rules().zone)

    def keep(seen: Job, typed: Mapping[str, str]) -> tuple[Job, str]:
        wrong: dict[str, str] = {}
        amount = typed_money(typed["amount"], job.currency, "amount", wrong)
        at = _typed_coming(typed.get("at", ""), zone, wrong)
        if wrong or amount is None:
            raise FieldsRefused("payment_refused", wrong or {"amount": "Type how much it is."})
        papers, method, note = office.papers, typed["method"], typed["note"].strip()
        if back:
            noted = papers.refund(seen.id, amount, method, by, note=note, version=seen.version)
        else:
            even_so = "even_so" in typed
            noted = papers.pay(
                seen.id,
                amount,
                method,
                by,
                at=at,
                note=note,
                even_so=even_so,
                version=seen.version,
            )
        return office.jobs.get(seen.id), noted_words(noted.amount, papers.balance(seen.id))

    form = SeenForm(
        office,
        job,
        f"{'Pay back' if back else 'Payment'} · job {job.number}",
        "It was paid back" if back else "It is paid",
        keep,
        done=done,
        bug=bug,
        parent=parent,
    )
    label = f"Amount ({job.currency})"
    form.line("amount", label, "A part of it may be paid.", value=str(suggested.major))
    form.choice("method", "How", METHODS)
    if not back:
        today = str(datetime.now(zone).date())
        form.line("at", "When it came", "The day, as 2026-03-14.", needed=False, value=today)
    form.line("note", "Note", needed=False)
    form.begin()
    return form


def reason_form(
    office: "Office",
    job: Job,
    title: str,
    button: str,
    *,
    words: str,
    act: Callable[[Job, str], object],
    needed: bool = True,
    done: Done,
    bug: Bug,
    parent: QWidget,
) -> RecordForm:
    """Ask for a reason; `act` gets the job as it was seen last, and the reason."""
    form = SeenForm(
        office,
        job,
        title,
        button,
        lambda seen, typed: act(seen, typed["reason"].strip()),
        done=done,
        bug=bug,
        words=words,
        parent=parent,
    )
    form.line("reason", "Why", "" if needed else "May stay empty.", needed=needed)
    form.begin()
    return form


def bay_form(
    office: "Office",
    shop: Shop,
    job: Job,
    act: Callable[[Job, str], object],
    *,
    done: Done,
    bug: Bug,
    parent: QWidget,
) -> RecordForm:
    """Ask into which bay the car goes."""
    form = SeenForm(
        office,
        job,
        f"Job {job.number} into the bay",
        "Into this bay",
        lambda seen, typed: act(seen, typed["bay"]),
        done=done,
        bug=bug,
        parent=parent,
    )
    form.choice("bay", "Bay", shop.choices(ResourceKind.BAY, "no bay in particular")[1:])
    form.begin()
    return form


def even_so_form(
    office: "Office",
    job: Job,
    title: str,
    words: str,
    act: Callable[[Job], object],
    *,
    done: Done,
    bug: Bug,
    parent: QWidget,
) -> RecordForm:
    """Ask whether something is done to a job although the customer did not agree to it."""
    form = SeenForm(
        office,
        job,
        title,
        "Do it even so",
        lambda seen, _typed: act(seen),
        done=done,
        bug=bug,
        words=words,
        even_so=lambda _error: "",
        parent=parent,
    )
    form.take.setDefault(False)
    form.take.setAutoDefault(False)
    form.leave.setFocus()
    form.begin()
    return form
