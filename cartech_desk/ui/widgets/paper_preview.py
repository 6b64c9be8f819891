"""A paper of a job as it will be printed: issued from here, saved, opened, printed."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cartech_desk.domain.appointments.letters import Letter
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.jobs.job import DocumentKind, IssuedDocument, Job
from cartech_desk.domain.people import Act
from cartech_desk.office.job_errors import AskedOfJob
from cartech_desk.reports.drawing import Drawing
from cartech_desk.store.errors import Changed
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.alarm_rights import why_not
from cartech_desk.ui.models.job_words import PAPERS
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.attachment_list import open_in_viewer
from cartech_desk.ui.widgets.paper_printing import PaperPrinting
from cartech_desk.ui.widgets.record_form import RecordForm
from cartech_desk.ui.widgets.record_tabs import button, plain_label, show_right
from cartech_desk.ui.widgets.sheet_pages import SheetPages

_SIZE: Final = (980, 700)
_PDF: Final = "PDF, to print and to send (*.pdf)"


class PaperPreview(QDialog):
    """Shows how an estimate or invoice of a job would look, or a paper that was issued.

    `issued` is told once it is issued from here; from then on it can be saved and printed. Where
    the job was changed since it was seen, nothing is issued: `changed` is called, and the paper is
    laid out as it would look now.
    `ask_path` and `open_file` are replaceable where nobody can be asked.
    """

    def __init__(
        self,
        desk: DeskParts,
        acts: Acts,
        job: Job,
        kind: DocumentKind,
        *,
        paper: IssuedDocument | None = None,
        issued: Callable[[IssuedDocument], None] = lambda _paper: None,
        changed: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._acts, self._job, self._kind = desk, acts, job, kind
        self._told, self._changed = issued, changed
        self.paper = paper
        self.drawing: Drawing | None = None
        self._busy = False
        self._even_so = False
        self._doubts: tuple[str, ...] = ()
        self._no_mail = ""
        self._work = NewestOnly(self, self._refused)
        self.ask_path: Callable[[Path], Path | None] = self._ask_path
        self.open_file: Callable[[Path], bool] = open_in_viewer
        self.printing = PaperPrinting(
            self, lambda: self._begin("Printing …"), self._printed, self._refused
        )
        self.pages = SheetPages()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        word = PAPERS[kind].lower()
        self.issue_button = button(f"Issue the {word}", self.issue, role="primary")
        self.save_button = button("Save as PDF  Ctrl+S", self.save)
        self.open_button = button("Open in viewer  Ctrl+O", self.open_pdf)
        self.print_button = button("Print  Ctrl+P", self.print_paper)
        self.mail_button = button("E-mail…", self.mail)
        self.mail_form: RecordForm | None = None
        self.leave = button("Close  Esc", self.reject)
        self._lay_out()
        for keys, act in (
            ("Ctrl+S", self.save),
            ("Ctrl+O", self.open_pdf),
            ("Ctrl+P", self.print_paper),
            ("Ctrl++", self.pages.zoom_in),
            ("Ctrl+-", self.pages.zoom_out),
            ("Ctrl+0", self.pages.fit_width),
        ):
            QShortcut(QKeySequence(keys), self, activated=act)
        self._say("Laying out …")
        self.refresh()

    def _lay_out(self) -> None:
        above = self.parentWidget().window() if self.parentWidget() is not None else None
        wide, high = _SIZE
        if above is not None and above.isVisible():
            wide, high = min(wide, above.width() - 80), max(480, above.height() - 60)
        self.resize(wide, high)
        acts = (self.mail_button, self.open_button, self.print_button, self.save_button)
        for made in (*acts, self.leave):
            made.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.words, 1)
        for made in (self.leave, *acts):
            foot.addWidget(made)
        foot.addWidget(self.issue_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.M)
        column.addWidget(self.pages, 1)
        column.addLayout(foot)

    # What it shows

    @property
    def busy(self) -> bool:
        """Whether something is being laid out or done."""
        return self._busy or self._work.busy

    def refresh(self) -> None:
        """Lay the paper out, in the background."""
        papers, job, kind, paper = self._desk.office.papers, self._job, self._kind, self.paper

        def work() -> Drawing:
            if paper is not None:
                self._no_mail = papers.why_not_mailed(paper.id)
                return papers.drawing(paper.id)
            self._doubts = papers.doubts(job.id, kind)
            return papers.preview(job.id, kind)

        self._work.ask(work, self._arrived)
        self._dress()

    def _arrived(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.pages.show_drawing(drawing)
        if not self._busy and self.paper is None:
            self._say(" ".join(("Not issued yet: it has no number.", *self._doubts)))
        elif self.words.text().startswith("Laying"):
            self._say("")
        self._dress()

    def _dress(self) -> None:
        word = PAPERS[self._kind]
        number = self.paper.number if self.paper is not None else f"of job {self._job.number}"
        self.setWindowTitle(f"{word} {number}")
        why = why_not(self._desk.office.session.now, Act.BILL)
        self.issue_button.setVisible(self.paper is None)
        waits = "Wait until it is done." if self._busy or self.drawing is None else ""
        show_right(self.issue_button, why or waits, "It gets its number, and is never changed then")
        self.issue_button.setText(
            f"Issue it even so: {word.lower()}" if self._even_so else f"Issue the {word.lower()}"
        )
        export = why_not(self._desk.office.session.now, Act.EXPORT)
        missing = "" if self.paper is not None else "Issue it first."
        for made, tip in (
            (self.save_button, "Save it as PDF (Ctrl+S)"),
            (self.open_button, "Open it in the system's viewer (Ctrl+O)"),
            (self.print_button, "Print it (Ctrl+P)"),
        ):
            made.setVisible(self.paper is not None)
            show_right(made, export or missing or waits, tip)
        self.mail_button.setVisible(self.paper is not None)
        show_right(
            self.mail_button,
            why or waits or self._no_mail,
            "Put it into the outbox, to the customer's address",
        )

    def _say(self, words: str, *, error: bool = False) -> None:
        self.words.setText(words)
        self.words.setProperty("role", "error" if error else "help")
        self.words.style().polish(self.words)

    def _refused(self, error: BaseException) -> None:
        self._busy = False
        if isinstance(error, CarTechError):
            self._even_so = isinstance(error, AskedOfJob)
            self._say(error.message, error=True)
            if isinstance(error, Changed):
                self._look_again(error)
        else:
            self._say("")
            self._acts.tell(error)
        self._dress()

    def _look_again(self, error: Changed) -> None:
        """Show how the paper of the job would look now, to be issued so."""
        office, number, kind = self._desk.office, self._job.id, self._kind
        self._changed()

        def arrived(now: tuple[Job, Drawing]) -> None:
            self._job, drawing = now
            self._arrived(drawing)
            self._say(f"{error.happened} This is how it looks now.", error=True)

        self._work.ask(
            lambda: (office.jobs.get(number), office.papers.preview(number, kind)), arrived
        )

    def _begin(self, words: str) -> None:
        self._busy = True
        self._say(words)
        self._dress()

    # What it does

    def issue(self) -> None:
        """Issue it: it gets its number."""
        if self.paper is not None or not self.issue_button.isEnabled():
            return
        papers, by, job, even_so = (
            self._desk.office.papers,
            self._acts.actor,
            self._job,
            self._even_so,
        )
        invoice = self._kind is DocumentKind.INVOICE
        self._begin("Issuing …")

        def work() -> IssuedDocument:
            if invoice:
                return papers.invoice(job.id, by, even_so=even_so, version=job.version)
            return papers.estimate(job.id, by, even_so=even_so, version=job.version)

        def done(paper: IssuedDocument) -> None:
            self._busy = False
            self.paper = paper
            self._say(f"{PAPERS[paper.kind]} {paper.number} is issued.")
            self.refresh()
            self._told(paper)

        in_background(work, self, done, self._refused)

    def save(self) -> None:
        """Ask for a file and write the PDF to it."""
        if self.paper is None or not self.save_button.isEnabled():
            return
        path = self.ask_path(self._usual_path())
        if path is not None:
            path = path if path.suffix.lower() == ".pdf" else path.with_name(f"{path.name}.pdf")
            self._write(path, lambda written: self._say(f"Saved: {written}"))

    def open_pdf(self) -> None:
        """Open the PDF; one for the day is written for it."""
        if self.paper is None or not self.open_button.isEnabled():
            return
        temporary = QStandardPaths.StandardLocation.TempLocation
        folder = Path(QStandardPaths.writableLocation(temporary) or ".") / "CarTech Desk papers"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            self._say(f"The folder {folder} cannot be made ({error.strerror}).", error=True)
            return
        self._write(folder / self._usual_path().name, self._open)

    def _open(self, path: Path) -> None:
        if self.open_file(path):
            self._say(f"Opened: {path}")
        else:
            self._say(f"No program opens it. The paper is here: {path}", error=True)

    def _write(self, path: Path, then: Callable[[Path], None]) -> None:
        paper, papers = self.paper, self._desk.office.papers
        self._begin(f"Writing {path.name} …")

        def done(written: Path) -> None:
            self._busy = False
            then(written)
            self._dress()

        if paper is not None:
            in_background(lambda: papers.write_pdf(paper.id, path), self, done, self._refused)

    def mail(self) -> None:
        """Show the letter that the paper would go with, to be sent."""
        paper, papers = self.paper, self._desk.office.papers
        if paper is not None and self.mail_button.isEnabled():
            in_background(lambda: papers.letter(paper.id), self, self._ask_mail, self._refused)

    def _ask_mail(self, letter: Letter) -> None:
        paper, papers, by = self.paper, self._desk.office.papers, self._acts.actor
        if paper is None:
            return
        form = RecordForm(
            f"To {letter.to_name or letter.to_address}",
            "Send",
            lambda _typed: papers.mail(paper.id, by),
            lambda _mail: self._say(f"The letter to {letter.to_address} is in the outbox."),
            self._acts.tell,
            parent=self,
        )
        form.column.addWidget(plain_label("muted", letter.to_address))
        form.column.addWidget(plain_label("heading", letter.subject))
        form.column.addWidget(plain_label("", letter.body))
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.finished.connect(lambda _result: setattr(self, "mail_form", None))
        form.begin()
        self.mail_form = form
        form.open()

    def print_paper(self) -> None:
        """Ask for a printer and print the same pages."""
        if self.paper is not None and self.drawing is not None and self.print_button.isEnabled():
            self.printing.ask(self.drawing)

    def _printed(self, words: str, trouble: bool) -> None:
        self._busy = False
        self._say(words, error=trouble)
        self._dress()

    def _usual_path(self) -> Path:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = QStandardPaths.writableLocation(documents)
        number = self.paper.number if self.paper is not None else str(self._job.number)
        safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in number)
        return Path(folder or ".") / f"{PAPERS[self._kind]} {safe}.pdf"

    def _ask_path(self, usual: Path) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the paper", str(usual), _PDF)
        return Path(name) if name else None
