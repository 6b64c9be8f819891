"""`cartech-desk jobs`: estimates, invoices, credit notes, payments."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from cartech_desk.app.command_acts import add_act
from cartech_desk.app.desk import Counter
from cartech_desk.app.existing_files import add_even_so, refuse_existing
from cartech_desk.app.job_acts.told import (
    asked_moment,
    asked_money,
    lost_document,
    paper_document,
    paper_line,
    payment_document,
    payment_line,
    shop_zone,
)
from cartech_desk.app.numbers_asked import limit_of
from cartech_desk.app.operator import acting, add_as
from cartech_desk.app.output import emit
from cartech_desk.app.words_asked import one_of, words_of
from cartech_desk.domain.appointments.outbox import Mail
from cartech_desk.domain.counted import listed
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.jobs.job import DocumentKind, IssuedDocument, Payment
from cartech_desk.domain.jobs.settling import noted_words
from cartech_desk.office.paper_lost import lost_words, matches
from cartech_desk.office.papers import METHODS
from cartech_desk.reports.paper_words import TITLES
from cartech_desk.reports.whole_file import check_target

_SAID: Final = {"card": "by card", "transfer": "by transfer", "other": "otherwise"}
"""Ways to pay as the screen writes them."""
_USUAL: Final = "cash"
"""How money comes where nobody says it."""


def add_acts(acts: Any) -> None:
    """Add the acts of papers and money."""
    listing = add_act(acts, "papers", "papers that were issued, the newest first", _list)
    listing.add_argument("search", nargs="?", default="", metavar="WORDS")
    listing.add_argument("--job", default="", metavar="JOB")
    listing.add_argument(
        "--kind",
        action="append",
        type=one_of(DocumentKind),
        help=words_of(DocumentKind),
    )
    listing.add_argument("--limit", type=limit_of, default=200, metavar="N")

    printing = add_act(acts, "paper", "one paper; as a PDF with --pdf", _paper)
    printing.add_argument("paper", metavar="NUMBER", help="its number, id, an end of that, “last”")
    _pdf(printing)
    add_even_so(printing)
    printing.add_argument(
        "--mail", action="store_true", help="put it into the outbox, to its customer's address"
    )

    estimating = _issuing(acts, "estimate", "issue an estimate of a job", _estimate)
    estimating.add_argument(
        "--even-so", action="store_true", help="also with letters that cannot be printed"
    )
    invoicing = _issuing(acts, "invoice", "issue the invoice of a job that is done", _invoice)
    invoicing.add_argument(
        "--even-so",
        action="store_true",
        help="also above what was approved, after an estimate that nobody approved, with lines at "
        "nothing or letters that cannot be printed",
    )
    crediting = add_act(acts, "credit", "take an invoice back with a credit note", _credit)
    crediting.add_argument("invoice", metavar="NUMBER")
    crediting.add_argument("--reason", required=True, metavar="TEXT")
    _pdf(crediting)
    add_as(crediting)

    paying = _paying(acts, "pay", "note money that came for a job", _pay)
    paying.add_argument("--at", metavar="DAY", help="when it came, where not now")
    paying.add_argument(
        "--even-so", action="store_true", help="also above what the customer approved"
    )
    _paying(acts, "refund", "note money that went back", _refund)


def _issuing(acts: Any, name: str, words: str, act: Any) -> argparse.ArgumentParser:
    parser = add_act(acts, name, words, act)
    parser.add_argument("job", metavar="JOB")
    _pdf(parser)
    add_as(parser)
    return parser


def _paying(acts: Any, name: str, words: str, act: Any) -> argparse.ArgumentParser:
    parser = add_act(acts, name, words, act)
    parser.add_argument("job", metavar="JOB")
    parser.add_argument("amount", metavar="SUM", help="as in 119.00")
    parser.add_argument(
        "--method",
        type=one_of(METHODS, _SAID),
        help=f"how: {words_of(METHODS)}; {_USUAL} where none is given",
    )
    parser.add_argument("--note", default="", metavar="TEXT")
    add_as(parser)
    return parser


def _pdf(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="write it; ends in .pdf")


def _list(counter: Counter, args: argparse.Namespace) -> None:
    job_id = counter.office.jobs.get(args.job).id if args.job else ""
    kinds = tuple(DocumentKind(each) for each in args.kind or ())
    rows, total = counter.office.papers.list(
        args.search, limit=args.limit, kinds=kinds, job_id=job_id
    )
    lost = [
        one
        for one in counter.office.papers.lost()
        if (not job_id or one.paper.job_id == job_id)
        and (not kinds or one.paper.kind in kinds)
        and matches(one, args.search)
    ]
    document = {
        "papers": [paper_document(row) for row in rows],
        "total": total,
        "lost": [lost_document(one) for one in lost],
    }
    lines = [*map(paper_line, rows), f"{listed(len(rows), total, 'paper')}."]
    lines += [f"{paper_line(one.paper)}  ▲ {lost_words(one)}" for one in lost]
    emit(args, document, "\n".join(lines))


def _paper(counter: Counter, args: argparse.Namespace) -> None:
    papers = counter.office.papers
    paper = papers.get(args.paper)
    refuse_existing(args.pdf, even_so=args.even_so, option="--pdf")
    lost = [f"It was {lost_words(one)}." for one in papers.lost(paper.id)]
    _check(args)
    mail = papers.mail(paper.id, acting(args, counter)) if args.mail else None
    done = "The e-mail with it is in the outbox." if mail is not None else ""
    _tell(counter, args, paper, tuple(lost), mail=mail, done=done)


def _estimate(counter: Counter, args: argparse.Namespace) -> None:
    _issue(counter, args, DocumentKind.ESTIMATE, counter.office.papers.estimate)


def _invoice(counter: Counter, args: argparse.Namespace) -> None:
    _issue(counter, args, DocumentKind.INVOICE, counter.office.papers.invoice)


def _issue(
    counter: Counter,
    args: argparse.Namespace,
    kind: DocumentKind,
    issue: Callable[..., IssuedDocument],
) -> None:
    by = acting(args, counter)
    _refuse_file(args)
    job = counter.office.jobs.get(args.job)
    doubts = counter.office.papers.doubts(job.id, kind)
    paper = issue(job.id, by, even_so=args.even_so)
    _tell(counter, args, paper, doubts, done=_issued(paper))


def _credit(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    _refuse_file(args)
    paper = counter.office.papers.credit(args.invoice, by, args.reason)
    _tell(counter, args, paper, done=_issued(paper))


def _issued(paper: IssuedDocument) -> str:
    return (
        f"{TITLES[paper.kind.value]} {paper.number} is issued all the same; "
        f"`jobs paper {paper.number} --pdf FILE` writes it."
    )


def _pay(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    job = counter.office.jobs.get(args.job)
    amount = asked_money(counter, args.amount)
    at = asked_moment(counter, args.at, "at") if args.at else None
    payment = counter.office.papers.pay(
        job.id, amount, args.method or _USUAL, by, at=at, note=args.note, even_so=args.even_so
    )
    _tell_payment(counter, args, payment)


def _refund(counter: Counter, args: argparse.Namespace) -> None:
    by = acting(args, counter)
    job = counter.office.jobs.get(args.job)
    amount = asked_money(counter, args.amount)
    payment = counter.office.papers.refund(
        job.id, amount, args.method or _USUAL, by, note=args.note
    )
    _tell_payment(counter, args, payment)


def _refuse_file(args: argparse.Namespace) -> None:
    """As `_check`, of a paper that is issued: its --even-so answers other questions."""
    refuse_existing(args.pdf, even_so=None, option="--pdf")
    _check(args)


def _check(args: argparse.Namespace) -> None:
    """Refuse a file that cannot be written before a number is used."""
    if args.pdf is not None:
        check_target(args.pdf, (".pdf",), "A paper")


def _tell(
    counter: Counter,
    args: argparse.Namespace,
    paper: IssuedDocument,
    doubts: tuple[str, ...] = (),
    *,
    mail: Mail | None = None,
    done: str = "",
) -> None:
    """Print a paper, and write it where that is asked for.

    `done` says what stands although that fails. Errors: ExportRefused, ExportFailed.
    """
    document: dict[str, Any] = {"paper": paper_document(paper, whole=True), "pdf": None}
    if doubts:
        document["warnings"] = list(doubts)
    lines = [paper_line(paper), *(f"▲ {words}" for words in doubts)]
    if mail is not None:
        document["mail"] = {"id": mail.id, "to": mail.to_address, "state": mail.state.value}
        lines.append(f"in the outbox, to {mail.to_address}")
    if args.pdf is not None:
        try:
            counter.office.papers.write_pdf(paper.id, args.pdf)
        except CarTechError as error:
            error.kept = done or error.kept
            raise
        document["pdf"] = str(args.pdf)
        lines.append(f"written to {args.pdf}")
    emit(args, document, "\n".join(lines))


def _tell_payment(counter: Counter, args: argparse.Namespace, payment: Payment) -> None:
    job = counter.office.jobs.get(payment.job_id)
    balance = counter.office.papers.balance(job.id)
    document = {
        "payment": payment_document(payment),
        "job": {"number": job.number, "status": job.status.value, "due": balance.due.major},
    }
    line = payment_line(payment, shop_zone(counter))
    if args.method is None:
        line += f"  [noted as {payment.method}: no --method was given]"
    said = noted_words(payment.amount, balance)
    emit(args, document, f"{line}\nJob {job.number}: {said}")
