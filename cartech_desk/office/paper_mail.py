"""The letter with which an issued paper goes to its customer by e-mail."""

import re
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.appointments.letters import Enclosure, Letter, one_line
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.jobs.job import DocumentKind, IssuedDocument
from cartech_desk.domain.money import money_text
from cartech_desk.office.booking_errors import MailRefused
from cartech_desk.office.person_fields import is_address

if TYPE_CHECKING:
    from cartech_desk.domain.shop_rules import ShopRules

_WORDS: Final = {
    DocumentKind.ESTIMATE: "estimate",
    DocumentKind.INVOICE: "invoice",
    DocumentKind.CREDIT_NOTE: "credit note",
}
_UNSAFE: Final = re.compile(r"[^\w.-]+")


def why_not_mailed(address: str, who: str, rules: "ShopRules") -> tuple[str, str]:
    """Return why no mail with a paper can reach its customer, and what to do; both empty if so."""
    if not rules.sender:
        return (
            "E-mail is not set up: no sender is set.",
            "Set the sender and the mail server under Settings, Mail.",
        )
    if not is_address(address):
        return (
            f"{who or 'This customer'} has no e-mail address that mail could reach.",
            "Put it into the customer's record.",
        )
    return "", ""


def paper_letter(
    paper: IssuedDocument, address: str, rules: "ShopRules", pdf: bytes = b""
) -> Letter:
    """Return the letter, with the paper as a file where its PDF is given. Errors: MailRefused."""
    told: Any = paper.body
    who = str(told["customer"].get("company") or told["customer"].get("name") or "")
    why, to_do = why_not_mailed(address, who, rules)
    if why:
        raise MailRefused(why, kept=NOTHING_CHANGED, to_do=to_do)
    word, shop = _WORDS[paper.kind], one_line(str(told["shop"]["name"]))
    over = f"{word} {paper.number} of {paper.issued_day} over {money_text(paper.gross)}"
    due = "" if paper.due_day is None else f"; please pay it by {paper.due_day}"
    lines = [
        f"Dear {one_line(who) or 'customer'},",
        "",
        f"with this e-mail you receive our {over}{due}.",
        "",
        *(one for one in (shop, rules.address.strip(), one_line(rules.phone)) if one),
    ]
    name = f"{word.replace(' ', '-')}-{_UNSAFE.sub('-', paper.number)}.pdf"
    return Letter(
        address.strip(),
        f"{word.capitalize()} {paper.number}" + (f" of {shop}" if shop else ""),
        "\n".join(lines) + "\n",
        one_line(who),
        (Enclosure(name, "application/pdf", pdf),) if pdf else (),
    )
