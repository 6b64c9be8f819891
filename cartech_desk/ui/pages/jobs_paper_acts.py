"""What a person does with the papers and the money of a job."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from cartech_desk.domain.jobs.job import DocumentKind, IssuedDocument, Job
from cartech_desk.domain.jobs.settling import nothing_due_words
from cartech_desk.domain.money import Money, money_text
from cartech_desk.domain.people import Act
from cartech_desk.ui.pages import jobs_forms as forms
from cartech_desk.ui.pages.jobs_seen import SeenForm
from cartech_desk.ui.pages.record_page import RecordPage
from cartech_desk.ui.widgets.paper_preview import PaperPreview

if TYPE_CHECKING:
    from cartech_desk.ui.widgets.job_papers import JobPapers


class JobsPaperActs(RecordPage):
    """The acts upon `job`, the one in sight, as far as papers and payments go."""

    papers: "JobPapers"
    job = Job()

    def refresh(self) -> None:
        """Read what is in sight anew."""
        raise NotImplementedError

    def took(self, result: object) -> None:
        """Go on with the job as an act left it, and read all about it anew.

        Whoever presses the next key before that is read changes what the act left, and nothing
        that somebody else did.
        """
        if isinstance(result, Job) and result.id == self.job.id:
            self.job = result
        self.acts.jobs_changed.emit()
        self.refresh()

    def ask(self, form: QDialog) -> None:
        """Open a form; where it finds that the job was changed, the page is read anew too."""
        if isinstance(form, SeenForm):
            form.changed.connect(self.refresh)
        super().ask(form)

    # Papers

    def estimate(self) -> None:
        """Show how an estimate would look, to be issued."""
        self._preview(DocumentKind.ESTIMATE)

    def invoice(self) -> None:
        """Show how the invoice would look, to be issued."""
        if self.papers.invoice.isEnabled():
            self._preview(DocumentKind.INVOICE)
        elif self.job.id:
            self.acts.say(self.papers.invoice.toolTip())

    def _preview(self, kind: DocumentKind, paper: IssuedDocument | None = None) -> None:
        if self.job.id and (paper is not None or not self.refused(Act.BILL)):
            self.ask(
                PaperPreview(
                    self.desk,
                    self.acts,
                    self.job,
                    kind,
                    paper=paper,
                    issued=self.took,
                    changed=self.refresh,
                    parent=self,
                )
            )

    def open_paper(self) -> None:
        """Show the chosen paper as it was issued."""
        paper = self.papers.chosen()
        if paper is not None:
            self._preview(paper.kind, paper)

    def credit(self) -> None:
        """Ask why the chosen invoice is taken back."""
        paper, office, by = self.papers.chosen(), self.desk.office, self.acts.actor
        if paper is None or self.refused(Act.BILL):
            return

        def act(seen: Job, reason: str) -> tuple[IssuedDocument, Job]:
            note = office.papers.credit(paper.id, by, reason, version=seen.version)
            return note, office.jobs.get(seen.id)

        def credited(kept: object) -> None:
            note, job = kept  # type: ignore[misc]
            self.acts.say(f"Credit note {note.number} takes {paper.number} back.")
            self.took(job)

        self.ask(
            forms.reason_form(
                office,
                self.job,
                f"Take invoice {paper.number} back",
                "Issue a credit note",
                words=f"A credit note over {money_text(paper.gross)} takes the whole invoice back; "
                "the job is open to change again.",
                act=act,
                done=credited,
                bug=self.acts.tell,
                parent=self,
            )
        )

    # Money

    def pay(self) -> None:
        """Ask for money that came."""
        balance = self.papers.balance
        if balance is not None and balance.due.minor > 0:
            self._ask_money(balance.due, back=False)
        elif self.job.id:
            said = "" if balance is None else nothing_due_words("This job", balance)
            self.acts.say(said or "Nothing is due for this job.")

    def refund(self) -> None:
        """Ask for money that goes back."""
        balance = self.papers.balance
        if balance is not None and balance.paid.minor > 0:
            much = -balance.due if balance.due.minor < 0 else balance.paid
            self._ask_money(much, back=True)

    def _ask_money(self, suggested: Money, *, back: bool) -> None:
        def done(kept: object) -> None:
            job, words = kept  # type: ignore[misc]
            self.acts.say(f"Job {job.number}: {words}")
            self.took(job)

        if not self.refused(Act.BILL):
            self.ask(
                forms.money_form(
                    self.desk.office,
                    self.acts.actor,
                    self.job,
                    suggested,
                    back=back,
                    done=done,
                    bug=self.acts.tell,
                    parent=self,
                )
            )
