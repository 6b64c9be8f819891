"""Papers issued and money noted: numbers taken in the transaction that uses them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from uuid_utils import uuid7

from cartech_desk.domain.audit import Entry
from cartech_desk.domain.jobs.job import (
    DocumentKind,
    IssuedDocument,
    Job,
    JobStatus,
    Payment,
)
from cartech_desk.domain.jobs.settling import (
    Balance,
    in_force,
    last_estimate,
    nothing_due_words,
)
from cartech_desk.domain.jobs.states import LET_GO
from cartech_desk.domain.jobs.totals import totals
from cartech_desk.domain.money import Money, money_text
from cartech_desk.domain.people import Act, require
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.job_doing import Doing
from cartech_desk.office.job_errors import InvoiceRefused, PaymentRefused
from cartech_desk.office.job_refusals import (
    ask_before_issued,
    ask_before_paid,
    ask_letters,
    refuse_let_go,
)
from cartech_desk.office.job_settling import balance_in, settle
from cartech_desk.office.job_stock import refuse_lacking
from cartech_desk.office.paper_bodies import body_of, body_taken_back, logo_of
from cartech_desk.office.paper_letters import letters_told
from cartech_desk.store.job_act import JobAct, entity_of, status_told
from cartech_desk.store.paper_logos import keep_logo

METHODS: Final = ("cash", "card", "transfer", "other")
"""How money comes."""
_CODE: Final = "payment_refused"
_KEPT: Final = "Nothing was issued, and no number was used."
_NUMBER: Final = {
    DocumentKind.ESTIMATE: "E-{:04d}",
    DocumentKind.INVOICE: "{:04d}",
    DocumentKind.CREDIT_NOTE: "C-{:04d}",
}
_SLACK: Final = timedelta(minutes=5)
_AGO: Final = timedelta(days=3 * 366)


def issue(
    doing: Doing, job_id: str, kind: DocumentKind, version: int | None, *, even_so: bool = False
) -> IssuedDocument:
    """Issue an estimate or an invoice. Errors: as `Papers.invoice`."""
    require(doing.by, Act.BILL)
    shop, logo = shop_name(doing), logo_of(doing.rules)
    with doing.act() as act:
        job = act.job(job_id, version)
        _refuse(job, kind)
        if kind is DocumentKind.INVOICE:
            refuse_lacking(job)
        day = day_of(doing)
        due = day + timedelta(days=doing.rules.payment_days)
        due_day = due if kind is DocumentKind.INVOICE else None
        sums = totals(job.lines, job.currency)
        sequence, paper = _numbered(act, doing, job, kind)
        body = body_of(
            act.told(job),
            job,
            kind,
            doing.rules,
            shop=shop,
            number=paper.number,
            day=day,
            due=due_day,
            by=doing.by.name,
            logo=keep_logo(act.connection, logo),
        )
        if not even_so:
            _ask(act, job, kind, letters_told(body))
        paper = replace(
            paper,
            issued_day=day,
            due_day=due_day,
            net=sums.net,
            tax=sums.tax,
            gross=sums.gross,
            body=body,
        )
        _put(act, doing, job, paper, sequence, customer_id=job.customer_id)
        if kind is DocumentKind.INVOICE:
            act.update(job)
            settle(act, act.job(job.id), doing.rules, doing.now)
        return paper


def credit(doing: Doing, invoice: str, reason: str, version: int | None) -> IssuedDocument:
    """Take a whole invoice back. Errors: NotKept, InvoiceRefused, TextRefused, Changed."""
    require(doing.by, Act.BILL)
    why = checked_reason(reason)
    if not why:
        raise FieldsRefused(
            "invoice_refused", {"reason": "A credit note needs its reason.\nSay why."}
        )
    with doing.act() as act:
        kept = act.paper(invoice)
        if kept.kind is not DocumentKind.INVOICE:
            raise _refused(f"{kept.number} is no invoice.", "Name the invoice to take back.")
        job = act.job(kept.job_id, version)
        for paper in act.papers(job.id):
            if paper.credits == kept.id:
                raise _refused(
                    f"Invoice {kept.number} was taken back with {paper.number} already.",
                    "There is nothing to do.",
                )
        sequence, paper = _numbered(act, doing, job, DocumentKind.CREDIT_NOTE)
        day = day_of(doing)
        paper = replace(
            paper,
            issued_day=day,
            net=-kept.net,
            tax=-kept.tax,
            gross=-kept.gross,
            credits=kept.id,
            body=body_taken_back(kept, number=paper.number, day=day, by=doing.by.name, reason=why),
        )
        _put(act, doing, job, paper, sequence, customer_id=act.customer_of(kept.id), why=why)
        act.update(job)
        settle(act, act.job(job.id), doing.rules, doing.now)
        return paper


def pay(
    doing: Doing,
    job_id: str,
    amount: Money,
    method: str,
    *,
    at: datetime | None = None,
    note: str = "",
    even_so: bool = False,
    version: int | None = None,
) -> Payment:
    """Note money that came. Errors: as `Papers.pay`."""
    words = _checked_payment(doing, amount, method, at, note)
    with doing.act() as act:
        job = act.job(job_id, version)
        _check_currency(job, amount)
        refuse_let_go(job)
        balance = balance_in(act, job)
        if amount.minor > balance.due.minor:
            raise _too_much(job, amount, balance)
        paid = _payment(job, amount, method, at or doing.now, words)
        payment, after = _noted(act, doing, job, paid)
        kept = "Nothing was noted."
        ask_before_paid(job, after, even_so=even_so, kept=kept, act="note it")
        return payment


def refund(
    doing: Doing,
    job_id: str,
    amount: Money,
    method: str,
    *,
    note: str = "",
    version: int | None = None,
) -> Payment:
    """Note money that went back. Errors: as `Papers.refund`."""
    words = _checked_payment(doing, amount, method, None, note)
    with doing.act() as act:
        job = act.job(job_id, version)
        _check_currency(job, amount)
        paid = balance_in(act, job).paid
        if amount.minor > paid.minor:
            raise PaymentRefused(
                f"{money_text(paid)} was paid for job {job.number}; {money_text(amount)} is more.",
                kept="Nothing was noted.",
                to_do="Give back at most what was paid.",
            )
        return _noted(act, doing, job, _payment(job, -amount, method, doing.now, words))[0]


def day_of(doing: Doing) -> date:
    """Return the day of an act in the shop's zone."""
    return day_in(doing.rules, doing.now)


def day_in(rules: ShopRules, at: datetime) -> date:
    """Return the day of an instant in the shop's zone."""
    return at.astimezone(ZoneInfo(rules.zone)).date()


def shop_name(doing: Doing) -> str:
    """Return the shop's name."""
    shop = doing.store.people.shop()
    return "" if shop is None else shop.name


def _refuse(job: Job, kind: DocumentKind) -> None:
    """Refuse an estimate or an invoice as things stand. Errors: InvoiceRefused."""
    if not job.lines:
        raise _refused(f"Job {job.number} has no lines.", "Add what it costs first.")
    if job.status in LET_GO:
        raise _refused(f"Job {job.number} is {status_told(job.status)}.", "Take it up again first.")
    if kind is not DocumentKind.INVOICE:
        return
    if job.invoice:
        raise _refused(
            f"Job {job.number} has invoice {job.invoice} already.",
            "Take that one back with a credit note first.",
        )
    if job.status not in (JobStatus.DONE, JobStatus.PAID):
        raise _refused(
            f"Job {job.number} is {status_told(job.status)}, not done.", "Make it done first."
        )


def _ask(act: JobAct, job: Job, kind: DocumentKind, letters: str) -> None:
    """Ask before a paper is issued; what its transaction did is undone then. Errors: AskedOfJob."""
    if kind is DocumentKind.INVOICE:
        ask_before_issued(job, letters, kept=_KEPT, estimate=last_estimate(act.papers(job.id)))
    else:
        ask_letters(letters, kept=_KEPT)


def _numbered(
    act: JobAct, doing: Doing, job: Job, kind: DocumentKind
) -> tuple[int, IssuedDocument]:
    """Return a paper with the next number of its series, and that number."""
    prefix = "" if kind is DocumentKind.ESTIMATE else doing.rules.invoice_prefix
    sequence = act.next_paper(_series(doing, kind))
    paper = IssuedDocument(
        id=str(uuid7()),
        kind=kind,
        number=prefix + _NUMBER[kind].format(sequence),
        job_id=job.id,
        issued=doing.now,
        issued_day=day_of(doing),
        due_day=None,
        net=Money(0, job.currency),
        tax=Money(0, job.currency),
        gross=Money(0, job.currency),
        body={},
        by=doing.by.name,
    )
    if act.number_taken(paper):
        raise _refused(
            f"The number {paper.number} is that of an older paper of another series.",
            "Let invoice numbers begin with something else, under Settings, Shop.",
        )
    return sequence, paper


def _series(doing: Doing, kind: DocumentKind) -> str:
    if kind is DocumentKind.ESTIMATE:
        return kind.value
    return f"{kind.value}:{doing.rules.invoice_prefix}"


def _put(
    act: JobAct,
    doing: Doing,
    job: Job,
    paper: IssuedDocument,
    sequence: int,
    *,
    customer_id: str,
    why: str = "",
) -> None:
    act.issue(paper, _series(doing, paper.kind), sequence, customer_id)
    credited = paper.kind is DocumentKind.CREDIT_NOTE
    told = {
        "kind": paper.kind.value,
        "number": paper.number,
        "net": money_text(paper.net),
        "tax": money_text(paper.tax),
        "gross": money_text(paper.gross),
    }
    if credited:
        told["takes_back"] = str(paper.body["credits"])
    act.record(
        Entry("paper.credit" if credited else "paper.issue", entity_of(job), None, told, why)
    )


def _checked_payment(
    doing: Doing, amount: Money, method: str, at: datetime | None, note: str
) -> str:
    """Return the note of a payment that may be noted. Errors: RightMissing, FieldsRefused."""
    require(doing.by, Act.BILL)
    wrong: dict[str, str] = {}
    if amount.minor <= 0:
        wrong["amount"] = (
            "The sum is not above zero.\nType what was paid; money that goes back is a refund."
        )
    if method not in METHODS:
        wrong["method"] = f"{method!r} is no way to pay.\nChoose {', '.join(METHODS)}."
    if at is not None and at > doing.now + _SLACK:
        wrong["at"] = "The payment lies in the future.\nNote it once the money is there."
    if at is not None and at < doing.now - _AGO:
        wrong["at"] = "The payment lies years back.\nLook at its year again."
    if wrong:
        raise FieldsRefused(_CODE, wrong)
    return checked_reason(note)


def _check_currency(job: Job, amount: Money) -> None:
    if amount.currency != job.currency:
        raise FieldsRefused(
            _CODE,
            {
                "amount": f"The sum is in {amount.currency}, the job in {job.currency}.\n"
                f"Type it in {job.currency}."
            },
        )


def _too_much(job: Job, amount: Money, balance: Balance) -> PaymentRefused:
    due = balance.due
    if due.minor <= 0:
        said = nothing_due_words(f"Job {job.number}", balance)
        to_do = "Put the work on the job first, or look at its number again."
        if balance.paid.minor:
            to_do = "There is nothing to note; look at the job's number again."
        if due.minor < 0:
            to_do = "Give back what is too much."
    else:
        said = (
            f"{money_text(due)} is due for job {job.number}; "
            f"{money_text(amount)} is {money_text(amount - due)} too much."
        )
        to_do = "Note at most what is due, and give the rest back."
    return PaymentRefused(said, kept="Nothing was noted.", to_do=to_do)


def _payment(job: Job, amount: Money, method: str, at: datetime, note: str) -> Payment:
    return Payment(
        id=str(uuid7()), job_id=job.id, amount=amount, method=method, at=at, by="", note=note
    )


def _noted(act: JobAct, doing: Doing, job: Job, payment: Payment) -> tuple[Payment, Job]:
    """Note a payment; returns it as it is kept, and the job as it is then."""
    invoice = in_force(act.papers(job.id))
    kept = replace(payment, by=doing.by.name, invoice_id="" if invoice is None else invoice.id)
    act.pay(kept)
    act.update(job)
    after = {
        "amount": money_text(kept.amount),
        "method": kept.method,
        "at": kept.at,
        "invoice": "" if invoice is None else invoice.number,
    }
    act.record(Entry("payment.note", entity_of(job), after=after, reason=kept.note))
    now_it_is = settle(act, act.job(job.id), doing.rules, doing.now, paid_at=kept.at)
    return kept, now_it_is


def _refused(happened: str, to_do: str) -> InvoiceRefused:
    return InvoiceRefused(happened, kept=_KEPT, to_do=to_do)
