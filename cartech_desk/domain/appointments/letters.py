"""What customers are written: templates with named fields, and a letter made of one.

A template is text in which `{name}` stands for a field of the table below; `{{` and `}}` are
braces. Its first line is the subject. Nothing else is read into it: no format, no attribute.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from cartech_desk.domain.errors import CarTechError


class LetterKind(StrEnum):
    """Why a customer is written."""

    CONFIRMATION = "confirmation"
    MOVED = "moved"
    CANCELLED = "cancelled"
    REMINDER = "reminder"
    PAPER = "paper"
    """With an estimate or an invoice."""
    OTHER = "other"


FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "customer": "the customer's name",
        "shop": "the shop's name",
        "date": "the day, as in Monday, 2 March 2026",
        "time": "when it begins, as in 8:00",
        "until": "when it ends",
        "vehicle": "the vehicle and its plate",
        "services": "what was agreed, one after the other",
        "address": "the shop's address",
        "phone": "the shop's telephone number",
        "email": "the shop's e-mail address",
    }
)
"""What a template may name."""

TEMPLATES: Final[Mapping[LetterKind, str]] = MappingProxyType(
    {
        LetterKind.CONFIRMATION: (
            "Your appointment at {shop} on {date}\n"
            "\n"
            "Dear {customer},\n"
            "\n"
            "your appointment is booked: {date}, {time} to {until}.\n"
            "Vehicle: {vehicle}\n"
            "To be done: {services}\n"
            "\n"
            "If you cannot come, please tell us in time.\n"
            "\n"
            "{shop}\n"
            "{address}\n"
            "{phone}\n"
        ),
        LetterKind.MOVED: (
            "Your appointment at {shop} was moved to {date}\n"
            "\n"
            "Dear {customer},\n"
            "\n"
            "your appointment is now on {date}, {time} to {until}.\n"
            "Vehicle: {vehicle}\n"
            "To be done: {services}\n"
            "\n"
            "{shop}\n"
            "{address}\n"
            "{phone}\n"
        ),
        LetterKind.CANCELLED: (
            "Your appointment at {shop} on {date} was cancelled\n"
            "\n"
            "Dear {customer},\n"
            "\n"
            "your appointment on {date} at {time} was cancelled.\n"
            "Please call us for another one.\n"
            "\n"
            "{shop}\n"
            "{phone}\n"
        ),
        LetterKind.REMINDER: (
            "Reminder: your appointment at {shop} on {date}\n"
            "\n"
            "Dear {customer},\n"
            "\n"
            "we expect you on {date} at {time}.\n"
            "Vehicle: {vehicle}\n"
            "To be done: {services}\n"
            "\n"
            "{shop}\n"
            "{address}\n"
            "{phone}\n"
        ),
    }
)
"""The house's own texts."""

MOST_TEMPLATE: Final = 5_000
"""Most characters of a template."""
_FIELD: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class TemplateRefused(CarTechError):
    """A template names what there is not."""

    code = "template_refused"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail as it leaves: `message_id` stays the same however often it is tried."""

    to_address: str
    subject: str
    body: str
    to_name: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    message_id: str = ""


def check_template(text: str) -> str:
    """Return a template that can be used. Errors: TemplateRefused naming what is wrong."""
    if len(text) > MOST_TEMPLATE:
        raise _refused(f"The text is longer than {MOST_TEMPLATE} characters.")
    for found in _FIELD.finditer(text):
        whole, name = found.group(), found.group(1)
        if whole in ("{{", "}}"):
            continue
        if name is None:
            raise _refused(f"A single “{whole}” stands in the text.")
        if name.strip() not in FIELDS:
            raise _refused(f"“{{{name[:40]}}}” is no field.")
    if not text.strip().splitlines()[:1]:
        raise _refused("The text is empty.")
    return text


def fill(template: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Return subject and body of a template with its fields filled in.

    What is filled in is text: it is read for no fields. A line whose fields are all empty is left
    out; the first one stays, for it is the subject. Errors: TemplateRefused.
    """
    check_template(template)
    lines: list[str] = []
    for line in template.strip("\n").splitlines():
        named = [found.group(1).strip() for found in _FIELD.finditer(line) if found.group(1)]
        if lines and named and not any(values.get(name) for name in named):
            continue
        lines.append(_FIELD.sub(lambda found: _value(found, values), line).rstrip())
    subject, rest = lines[0] if lines else "", lines[1:]
    while rest and not rest[0]:
        rest = rest[1:]
    return one_line(subject), "\n".join(rest).rstrip() + "\n"


def one_line(text: str) -> str:
    """Return a text as a header may hold it: one line, no control characters."""
    plain = unicodedata.normalize("NFC", text)
    kept = "".join(" " if unicodedata.category(each) in _NOT_SHOWN else each for each in plain)
    return " ".join(kept.split())


_NOT_SHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _value(found: "re.Match[str]", values: Mapping[str, str]) -> str:
    whole, name = found.group(), found.group(1)
    if name is None:
        return whole[0]
    return values.get(name.strip(), "")


def _refused(why: str) -> TemplateRefused:
    fields = ", ".join(f"{{{name}}}" for name in FIELDS)
    return TemplateRefused(why, to_do=f"Fields are {fields}; write {{{{ for a brace.")


class NotSent(Exception):
    """A letter was not taken; the text says why, for a person. It has not gone.

    `claimed` tells whether it was being handed over already; `code` is what the server answered,
    0 where it did not.
    """

    claimed: bool = False
    code: int = 0


class NotNow(NotSent):
    """The server is not there, or asks to try again later.

    `everyone` tells whether the next letter would fare the same.
    """

    def __init__(self, why: str, *, everyone: bool = False) -> None:
        super().__init__(why)
        self.everyone = everyone


class NotThisOne(NotSent):
    """The server will never take this letter."""


class MayHaveGone(Exception):
    """The line broke after the letter was handed over and before the server said so."""
