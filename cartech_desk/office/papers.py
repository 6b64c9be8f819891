"""Estimates, invoices, credit notes and payments of jobs."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cartech_desk.domain.clock import utc_now
from cartech_desk.domain.jobs import totals as sums
from cartech_desk.domain.jobs.job import (
    DocumentKind,
    IssuedDocument,
    Job,
    LostPaper,
    Payment,
    Totals,
)
from cartech_desk.domain.jobs.settling import Balance, balance_of, last_estimate
from cartech_desk.domain.people import Act, require
from cartech_desk.office import paper_acts
from cartech_desk.office.job_doing import Doing
from cartech_desk.office.job_refusals import unapproved_words
from cartech_desk.office.paper_acts import METHODS
from cartech_desk.office.paper_bodies import body_of, logo_of, logo_told
from cartech_desk.office.paper_letters import letters_told
from cartech_desk.office.paper_lost import lost_told
from cartech_desk.office.paper_mail import paper_letter, why_not_mailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartech_desk.domain.appointments.letters import Letter
    from cartech_desk.domain.appointments.outbox import Mail
    from cartech_desk.domain.money import Money
    from cartech_desk.domain.people import Actor
    from cartech_desk.domain.shop_rules import ShopRules
    from cartech_desk.reports.drawing import Drawing
    from cartech_desk.store.store import Store

__all__ = ["METHODS", "Papers"]


class Papers:
    """Estimates, invoices, credit notes and payments of jobs.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread. Acts of a person take `by`, the actor, need BILL and are audited.
    """

    def __init__(
        self,
        store: "Store",
        rules: "Callable[[], ShopRules]",
        *,
        wall: "Callable[[], datetime]" = utc_now,
    ) -> None:
        self._store = store
        self._rules = rules
        self._wall = wall

    # Looking

    def totals(self, job: Job) -> Totals:
        """Return the sums of a job's lines. Quick, any thread."""
        return sums.totals(job.lines, job.currency)

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "issued",
        descending: bool = True,
        kinds: tuple[DocumentKind, ...] = (),
        job_id: str = "",
        customer_id: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> tuple[tuple[IssuedDocument, ...], int]:
        """Return papers (sorted by a name of `store.papers.SORTS`) and how many there are."""
        from cartech_desk.store.papers import PaperQuery

        query = PaperQuery(search, kinds, job_id, customer_id, since, until)
        return self._store.papers.list(
            query, limit=limit, offset=offset, sort=sort, descending=descending
        )

    def of_job(self, job_id: str) -> tuple[IssuedDocument, ...]:
        """Return the papers of a job, the oldest first."""
        return self._store.papers.of_job(job_id)

    def get(self, word: str) -> IssuedDocument:
        """Return one paper by its number, its id, a start or end of that, or "last".

        One that was lost by a restore is still drawn as it was issued: by number or whole id.
        """
        from cartech_desk.store.errors import NotKept

        try:
            return self._store.papers.get(word)
        except NotKept:
            for one in self._store.papers.lost(word):
                return one.paper
            raise

    def lost(self, word: str = "") -> tuple[LostPaper, ...]:
        """Return papers that were lost when an older copy was restored: all, or of a number.

        Their numbers stay taken. By their numbers, each series by itself.
        """
        return self._store.papers.lost(word)

    def payments(self, job_id: str) -> tuple[Payment, ...]:
        """Return the payments of a job, the oldest first."""
        return self._store.papers.payments(job_id)

    def balance(self, job_id: str) -> Balance:
        """Return what a job comes to, what was paid, and what is due."""
        job = self._store.jobs.get(job_id)
        return balance_of(self.totals(job).gross, self.of_job(job.id), self.payments(job.id))

    # Papers

    def estimate(
        self,
        job_id: str,
        by: "Actor",
        *,
        even_so: bool = False,
        version: int | None = None,
    ) -> IssuedDocument:
        """Issue an estimate of a job as it is now, with the next number of its series.

        `even_so` also with letters that cannot be printed. Errors: InvoiceRefused (no lines,
        cancelled), NotPrintable, NotKept, Changed; no number was used then.
        """
        doing = self._doing(by)
        return paper_acts.issue(doing, job_id, DocumentKind.ESTIMATE, version, even_so=even_so)

    def invoice(
        self,
        job_id: str,
        by: "Actor",
        *,
        even_so: bool = False,
        version: int | None = None,
    ) -> IssuedDocument:
        """Issue the invoice of a job that is done, with the next number of its series.

        `even_so` also for one that is above what the customer approved, has lines at nothing, or
        letters that cannot be printed. Errors: InvoiceRefused, PartsMissing, AboveApproval,
        NoPrice, NotPrintable, NotKept, Changed; no number was used then.
        """
        doing = self._doing(by)
        return paper_acts.issue(doing, job_id, DocumentKind.INVOICE, version, even_so=even_so)

    def credit(
        self, invoice: str, by: "Actor", reason: str, *, version: int | None = None
    ) -> IssuedDocument:
        """Take a whole invoice back with a credit note; the job is done and open to change again.

        `version` is its job's. Errors: FieldsRefused ("reason"), NotKept, Changed, InvoiceRefused
        where it was taken back already.
        """
        return paper_acts.credit(self._doing(by), invoice, reason, version)

    def preview(self, job_id: str, kind: DocumentKind) -> "Drawing":
        """Return how a paper of the job as it is now would look; without a number, nothing kept."""
        from cartech_desk.reports.paper_sheet import paper_drawing

        rules = self._rules()
        body = self._body(self._store.jobs.get(job_id), kind, rules)
        return paper_drawing(body, paper=rules.paper, logo=logo_of(rules))

    def doubts(self, job_id: str, kind: DocumentKind) -> tuple[str, ...]:
        """Return what to look at before a paper is issued, as sentences; nothing is refused.

        That no rate of tax is set is said of a shop that has issued no invoice yet.
        """
        rules, job = self._rules(), self._store.jobs.get(job_id)
        letters = letters_told(self._body(job, kind, rules))
        found = [one for one in (logo_told(rules), letters) if one]
        untaxed = kind is DocumentKind.INVOICE and not rules.tax_bp
        if untaxed and not (
            any(line.tax_bp for line in job.lines) or self.list(limit=1, kinds=(kind,))[1]
        ):
            found.append(
                "No rate of tax is set: this invoice charges none. Where the shop charges tax, set "
                "the rate under Settings, Shop, and on the lines of this job."
            )
        estimate = last_estimate(self._store.papers.of_job(job.id))
        if kind is DocumentKind.INVOICE and not estimate and unapproved_words(job):
            found.append(unapproved_words(job))
        if kind is DocumentKind.INVOICE:
            found += lost_told(job, self.lost())
        return tuple(found)

    def drawing(self, paper: str) -> "Drawing":
        """Return an issued paper as it was issued, for the screen and the printer."""
        from cartech_desk.reports.paper_sheet import paper_drawing

        body, rules = self.get(paper).body, self._rules()
        if "paper" not in body:  # of a time before papers kept how they were drawn
            return paper_drawing(body, paper=rules.paper, logo=logo_of(rules))
        logo = self._store.papers.logo(str(body["logo"])) if body["logo"] else b""
        return paper_drawing(body, paper=str(body["paper"]), logo=logo)

    def write_pdf(self, paper: str, path: Path) -> Path:
        """Write an issued paper to a PDF. Errors: ExportRefused, ExportFailed."""
        from cartech_desk.reports.paper_file import write_paper

        return write_paper(self.drawing(paper), Path(path))

    # By e-mail

    def why_not_mailed(self, paper: str) -> str:
        """Return why an issued paper cannot go by e-mail; empty where it can. Errors: NotKept."""
        kept = self.get(paper)
        address, who = self._addressed(kept)
        return why_not_mailed(address, who, self._rules())[0]

    def letter(self, paper: str) -> "Letter":
        """Return the letter that an issued paper would go with, without the file.

        Errors: NotKept; MailRefused where the customer has no address or mail is not set up.
        """
        kept = self.get(paper)
        return paper_letter(kept, self._addressed(kept)[0], self._rules())

    def mail(self, paper: str, by: "Actor") -> "Mail":
        """Put a letter with an issued paper as PDF into the outbox; one that waits is not doubled.

        It goes to the customer's address of now. Errors: as `letter`; RightMissing.
        """
        from cartech_desk.office.mailing import Mailing
        from cartech_desk.reports.drawing_pdf import pdf_of

        require(by, Act.BILL)
        kept = self.get(paper)
        address, _who = self._addressed(kept)
        letter = paper_letter(kept, address, self._rules(), pdf_of(self.drawing(kept.id)))
        return Mailing(self._store, self._rules, self._wall).send_paper(
            by,
            job_id=kept.job_id,
            to_address=letter.to_address,
            to_name=letter.to_name,
            subject=letter.subject,
            body=letter.body,
            enclosures=letter.enclosures,
        )

    def _addressed(self, paper: IssuedDocument) -> tuple[str, str]:
        """Return address and name of a paper's customer: the address of now, as far as kept."""
        told: Any = paper.body
        then = told["customer"]
        now = self._store.jobs.told(self._store.jobs.get(paper.job_id))[0]
        known = now if now.get("number") == then.get("number") else then
        who = then.get("company") or then.get("name") or ""
        return str(known.get("email") or ""), str(who)

    # Payments

    def pay(
        self,
        job_id: str,
        amount: "Money",
        method: str,
        by: "Actor",
        *,
        at: datetime | None = None,
        note: str = "",
        even_so: bool = False,
        version: int | None = None,
    ) -> Payment:
        """Note money that came for a job, in part or in full; the last part makes it paid.

        `version` is the job's. `even_so` pays also a job without an invoice that is not as the
        customer approved it. Errors: PaymentRefused for more than is due, AboveApproval, JobClosed,
        FieldsRefused ("amount", "method", "at"), Changed.
        """
        return paper_acts.pay(
            self._doing(by),
            job_id,
            amount,
            method,
            at=at,
            note=note,
            even_so=even_so,
            version=version,
        )

    def refund(
        self,
        job_id: str,
        amount: "Money",
        method: str,
        by: "Actor",
        *,
        note: str = "",
        version: int | None = None,
    ) -> Payment:
        """Note money that went back. Errors: PaymentRefused for more than was paid, Changed."""
        return paper_acts.refund(
            self._doing(by), job_id, amount, method, note=note, version=version
        )

    def _body(self, job: Job, kind: DocumentKind, rules: "ShopRules") -> dict[str, Any]:
        """Return a paper of a job as it would be issued now; it has no number."""
        day = paper_acts.day_in(rules, self._wall())
        due = day + timedelta(days=rules.payment_days)
        shop = self._store.people.shop()
        return body_of(
            self._store.jobs.told(job),
            job,
            kind,
            rules,
            shop="" if shop is None else shop.name,
            number="",
            day=day,
            due=due if kind is DocumentKind.INVOICE else None,
            by="",
        )

    def _doing(self, by: "Actor") -> Doing:
        return Doing(self._store, self._rules(), by, self._wall)
