"""Scenes of the tour at the counter: jobs, vehicles and customers of the demo's shop."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.app.tour_stage import Stage
from cartech_desk.domain.jobs.job import Job, JobStatus
from cartech_desk.domain.money import Money
from cartech_desk.domain.people import Act, allowed
from cartech_desk.office import demo_people, demo_shop

if TYPE_CHECKING:
    from cartech_desk.office.office import Office

_SESSIONS: Final = 4
"""On the dyno: each is driven by the car's model, and the tour is long as it is."""
_WRONG_VIN: Final = "1HGFC1F37JA100001"


def fill_shop(stage: Stage) -> None:
    """Let there be a year of a shop, with the manager at the desk; nothing where it is there."""
    stage.sign_in(demo_people.MANAGER)
    office = stage.desk.office
    if not demo_shop.is_filled(office):
        demo_shop.fill(office, sessions=_SESSIONS)


def jobs(stage: Stage) -> None:
    """Show the board of jobs."""
    fill_shop(stage)
    _open(stage, "jobs")
    stage.play(0.3)


def jobs_list(stage: Stage) -> None:
    """Search among all jobs."""
    page = stage.window.page
    page.search()
    page.list.search.setText("service")
    _settle(stage)


def job(stage: Stage) -> None:
    """Open a job with its lines, which costs more than was approved."""
    page, office, by = stage.window.page, stage.desk.office, stage.desk.office.session.actor
    page.turn()
    found = _opened(stage)
    price = Money(6850, found.currency)
    hose = office.jobs.new_line("other", "Silicone hose, made to measure", unit_price=price)
    office.jobs.add_line(found.id, hose, by)
    page.open_job(found.id)
    _settle(stage)


def job_part(stage: Stage) -> Any:
    """Take a part that is not there."""
    page, office = stage.window.page, stage.desk.office
    page.add_part()
    form = page.form
    parts, _ = office.parts.list(limit=1, sort="on_hand")
    from cartech_desk.ui.pages.jobs_line_form import part_pick

    form.pickers["part"].choose(part_pick(parts[0]))
    form.lines["quantity"].setText("500")
    form.submit()
    stage.wait("the refusal", lambda: bool(form.wrong.text()) and form.take.isEnabled())
    stage.play(0.3)
    return form


def job_invoice(stage: Stage) -> Any:
    """Show how the invoice of a job that is done would look."""
    page = stage.window.page
    _leave_form(page)
    page.set_status(JobStatus.DONE)
    _settle(stage)
    page.invoice()
    preview = page.form
    stage.wait("the paper", lambda: preview.drawing is not None and not preview.busy)
    stage.play(0.3)
    return preview


def job_paid(stage: Stage) -> None:
    """Show the job once its invoice is issued and paid."""
    page, office, by = stage.window.page, stage.desk.office, stage.desk.office.session.actor
    _leave_form(page)
    if allowed(by, Act.BILL) and not page.job.invoice:
        office.papers.invoice(page.job.id, by, even_so=True)
        office.papers.pay(page.job.id, office.papers.balance(page.job.id).due, "card", by)
    page.refresh()
    _settle(stage)


def customers(stage: Stage) -> None:
    """Show the customers with their vehicles and jobs."""
    _open(stage, "customers")


def customer_double(stage: Stage) -> Any:
    """Enter a customer who is here already."""
    page = stage.window.page
    known = page.customer
    page.add()
    form = page.form
    form.lines["name"].setText(known.name)
    form.lines["phone"].setText(known.phone)
    form.lines["email"].setText(known.email)
    form.submit()
    stage.wait("the question", lambda: bool(form.wrong.text()) and form.take.isEnabled())
    stage.play(0.3)
    return form


def vehicle_history(stage: Stage) -> None:
    """Show everything that was ever done to a vehicle."""
    _leave_form(stage.window.page)
    stage.window.open_page("vehicles", _modified(stage))
    _settle(stage)


def vehicle_modifications(stage: Stage) -> None:
    """Show what was fitted, and what to see to because of it."""
    page = stage.window.page
    page.card.tabs.turn("fitted")
    _settle(stage)


def vehicle_wrong(stage: Stage) -> Any:
    """Type a VIN whose check digit is wrong."""
    page = stage.window.page
    page.add()
    form = page.form
    form.lines["plate"].setText("AB 12 CDE")
    form.lines["vin"].setText(_WRONG_VIN)
    stage.play(0.3)
    return form


def over(stage: Stage) -> None:
    """Leave the form, and the picture of a vehicle with a photo."""
    page = stage.window.page
    _leave_form(page)
    page.card.tabs.turn("photos")
    page.attach([_picture(stage)])
    _settle(stage)


def _open(stage: Stage, key: str) -> None:
    stage.window.open_page(key)
    _settle(stage)


def _settle(stage: Stage) -> None:
    stage.play(0.2)
    page = stage.window.page
    stage.wait("what is kept", lambda: not page.busy)
    stage.play(0.3)


def _leave_form(page: Any) -> None:
    """Leave the form of the scene before, where it still stands."""
    if page.form is not None:
        page.form.reject()


def _opened(stage: Stage) -> Job:
    """Open a job at the counter, with labour and a part, approved by phone."""
    office: Office = stage.desk.office
    by = office.session.actor
    vehicle = office.vehicles.get(_modified(stage))
    opened = office.jobs.open(
        Job(
            vehicle_id=vehicle.id,
            customer_id=vehicle.owner_id,
            title="Boost falls above 5,000 rpm",
            complaint="It pulls well, then it feels as if somebody lifts off.",
        ),
        by,
        asked=True,
    )
    labour = office.jobs.new_line(
        "labour",
        "Pressure test of the intake",
        quantity=Decimal("1.5"),
        unit_price=Money(9500, opened.currency),
    )
    office.jobs.add_line(opened.id, labour, by)
    parts, _ = office.parts.list(limit=1, sort="on_hand", descending=True)
    part = office.jobs.new_line("part", part=parts[0].id, quantity=Decimal(1))
    office.jobs.add_line(opened.id, part, by)
    return office.jobs.approve(opened.id, vehicle.owner or "the owner", by, how="by phone")


def _modified(stage: Stage) -> str:
    """Return the vehicle that most was fitted to."""
    office: Office = stage.desk.office
    rows, _ = office.vehicles.list(limit=100)
    return max(rows, key=lambda row: len(office.vehicles.modifications(row.id))).id


def _picture(stage: Stage) -> Path:
    """Make a photo: the window itself, as it is."""
    path = Path(stage.desk.data_dir) / "arrival.png"
    stage.window.grab().save(str(path))
    return path
