"""Papers and payments of a job: what was issued, what was paid, what is due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cartech_desk.domain.jobs.job import DocumentKind, IssuedDocument, Job, JobStatus, Payment
from cartech_desk.domain.jobs.settling import Balance, nothing_due_words
from cartech_desk.domain.money import money_text
from cartech_desk.ui.models.job_words import paper_words, payment_words
from cartech_desk.ui.models.work_states import WorkState
from cartech_desk.ui.theme.states import Lit, State
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.fault_table import FaultTable
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.record_tabs import button, plain_label, show_right

_PAPERS: Final = ("Paper", "Number", "Issued", "Due", "Total", "By")
_PAPER_WIDTHS: Final = (84, 74, 88, 88, 92, 60)
_PAYMENTS: Final = ("When", "", "Amount", "How", "By", "Note")
_PAYMENT_WIDTHS: Final = (120, 72, 90, 76, 84, 40)


@dataclass(frozen=True, slots=True)
class PaperActs:
    """What the buttons do."""

    estimate: Callable[[], None]
    invoice: Callable[[], None]
    credit: Callable[[], None]
    open: Callable[[], None]
    pay: Callable[[], None]
    refund: Callable[[], None]


class JobPapers(QWidget):
    """Above the papers, below the payments, between them what is due."""

    opened = Signal(object)

    def __init__(self, acts: PaperActs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.papers: tuple[IssuedDocument, ...] = ()
        self.payments: tuple[Payment, ...] = ()
        self.balance: Balance | None = None
        self._job = Job()
        self._why = ""
        self.estimate = button("Estimate…", acts.estimate)
        self.invoice = button("Invoice…  I", acts.invoice)
        self.credit = button("Credit note…", acts.credit)
        self.open = button("Show", acts.open)
        self.pay = button("Payment…  M", acts.pay)
        self.refund = button("Pay back…", acts.refund)
        self.paper_table = FaultTable(
            "Papers", _PAPERS, _PAPER_WIDTHS, row_height=Size.CONTROL, right=(4,), grows=(5,)
        )
        self.paper_table.opened.connect(lambda _place: acts.open())
        self.paper_table.selection_told.connect(self._dress)
        self.payment_table = FaultTable(
            "Payments",
            _PAYMENTS,
            _PAYMENT_WIDTHS,
            row_height=Size.CONTROL,
            right=(2,),
            grows=(4, 5),
        )
        self.no_papers = plain_label("muted", "No estimate and no invoice yet.")
        self.no_payments = plain_label("muted", "Nothing was paid yet.")
        self.due = LampLabel(State.OFF)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(_row(self.estimate, self.invoice, self.credit, self.open))
        column.addWidget(self.no_papers)
        column.addWidget(self.paper_table, 1)
        column.addLayout(_row(self.pay, self.refund))
        column.addWidget(self.due)
        column.addWidget(self.no_payments)
        column.addWidget(self.payment_table, 1)
        column.addStretch(0)

    def show_all(
        self,
        job: Job,
        papers: Sequence[IssuedDocument],
        payments: Sequence[Payment],
        balance: Balance | None,
    ) -> None:
        """Show the papers and payments of a job."""
        grown = len(papers) > len(self.papers) and job.id == self._job.id
        self._job, self.balance = job, balance
        self.papers, self.payments = tuple(papers), tuple(payments)
        self.paper_table.show_rows([paper_words(one) for one in papers])
        if papers and (grown or not self.paper_table.chosen()):
            self.paper_table.selectRow(len(papers) - 1)
        self.payment_table.show_rows([payment_words(one) for one in payments])
        for table, nothing, rows in (
            (self.paper_table, self.no_papers, papers),
            (self.payment_table, self.no_payments, payments),
        ):
            table.setVisible(bool(rows))
            nothing.setVisible(not rows)
        self.due.setVisible(balance is not None)
        if balance is not None:
            self.due.show_state(*_due_words(balance))
        self._dress()

    def show_rights(self, why: str) -> None:
        """Let who may bill; `why` says why not."""
        self._why = why
        self._dress()

    def chosen(self) -> IssuedDocument | None:
        """Return the chosen paper."""
        places = [place for place in self.paper_table.chosen() if place < len(self.papers)]
        return self.papers[places[0]] if places else None

    def _dress(self) -> None:
        job, why, balance = self._job, self._why, self.balance
        lines = "" if job.lines else "The job has no line yet."
        open_now = job.status not in (JobStatus.DONE, JobStatus.PAID)
        done = "An invoice is issued once the job is done." if open_now else ""
        issued = f"Invoice {job.invoice} is issued already." if job.invoice else ""
        show_right(self.estimate, why or lines, "What it will cost, as it is now")
        show_right(self.invoice, why or lines or issued or done, "Issue the invoice (I)")
        one = self.chosen()
        no_invoice = (
            "" if one and one.kind is DocumentKind.INVOICE else "Choose an invoice of the list."
        )
        show_right(self.credit, why or no_invoice, "Take the chosen invoice back")
        show_right(self.open, "" if one else "Choose a paper first.", "Show it (Enter)")
        nothing_due = "" if balance else "Nothing is due."
        if balance and balance.due.minor <= 0:
            nothing_due = nothing_due_words("This job", balance)
        show_right(self.pay, why or nothing_due, "Note money that came (M)")
        nothing_paid = "" if balance and balance.paid.minor > 0 else "Nothing was paid yet."
        show_right(self.refund, why or nothing_paid, "Note money that goes back")


def _due_words(balance: Balance) -> tuple[Lit, str]:
    if balance.due.minor > 0 and not balance.paid.minor:
        return WorkState.UNPAID, f"{money_text(balance.due)} due"
    said = f"{money_text(balance.paid)} of {money_text(balance.billed)} paid"
    if balance.due.minor < 0:
        return State.WARNING, f"{said}: {money_text(-balance.due)} too much, to be paid back"
    if balance.settled:
        return WorkState.PAID, f"Paid in full: {money_text(balance.billed)}"
    if not balance.billed.minor:
        return State.OFF, "Nothing to be paid yet"
    return WorkState.UNPAID, f"{money_text(balance.due)} due; {said}"


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(Space.S)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
