"""Settings of the counter: the shop, its mail, its backups."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, RootModel, field_validator

from cartech_desk.app.settings_mail import Mail, checked_address
from cartech_desk.app.settings_section import Section
from cartech_desk.domain.appointments.hours import HoursRefused, hours_text, parse_hours
from cartech_desk.domain.appointments.letters import (
    LetterKind,
    TemplateRefused,
    check_template,
)
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.money import decimals, half_up
from cartech_desk.domain.plain_text import printable
from cartech_desk.domain.shop_rules import ShopRules

__all__ = ["Backup", "Hours", "LineRefused", "Mail", "Shop", "TextLine"]

_RATE: Final = re.compile(r"\d{1,7}(?:[.,]\d{1,3})?")
_OPEN: Final = {"group": "opening hours weekdays holidays"}
_LETTERS: Final = {"group": "texts of e-mails templates"}
_CALENDAR_FILE: Final = {"group": "calendar file"}
_PREFIX: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{0,11}")
_DAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_TEXTS: Final = {
    "text_confirmation": LetterKind.CONFIRMATION,
    "text_moved": LetterKind.MOVED,
    "text_cancelled": LetterKind.CANCELLED,
    "text_reminder": LetterKind.REMINDER,
}


class LineRefused(CarTechError):
    """A line of a text cannot stand."""

    code = "line_refused"


class TextLine(RootModel[str]):
    """One line of a text of several lines; the settings page edits the text as it is."""

    def __str__(self) -> str:
        """Return the line."""
        return self.root

    @classmethod
    def read_lines(cls, text: str) -> "list[TextLine]":
        """Return the lines of a text. Errors: LineRefused."""
        lines = text.rstrip().splitlines()
        if not all(printable(line.replace("\t", " ")) for line in lines):
            raise LineRefused(
                "The text holds characters that cannot be shown.", to_do="Type it anew."
            )
        return [cls(line.rstrip()) for line in lines]


def _hours(text: str) -> str:
    try:
        return hours_text(parse_hours(text))
    except HoursRefused as error:
        raise ValueError(error.message) from None


Hours = Annotated[str, Field(max_length=120), AfterValidator(_hours)]


def _weekday(name: str, default: str = "8:00-12:00, 13:00-17:00") -> Any:
    return Field(
        default,
        title=name,
        description="As in 8:00-12:00, 13:00-17:00; empty: closed.",
        json_schema_extra={**_OPEN},
    )


def _letter(title: str) -> Any:
    return Field(
        default_factory=list,
        max_length=200,
        title=title,
        description="The first line is the subject. Fields: {customer} {date} {time} {until} "
        "{vehicle} {services} {shop} {address} {phone} {email}. Empty: the text of the house.",
        json_schema_extra={**_LETTERS},
    )


class Shop(Section):
    """When the shop is open, what customers are written, and what stands on its papers."""

    zone: str = Field(
        "",
        max_length=60,
        title="Time zone",
        description="As in Europe/Berlin; empty: that of this machine.",
    )
    monday: Hours = _weekday("Monday")
    tuesday: Hours = _weekday("Tuesday")
    wednesday: Hours = _weekday("Wednesday")
    thursday: Hours = _weekday("Thursday")
    friday: Hours = _weekday("Friday")
    saturday: Hours = _weekday("Saturday", "")
    sunday: Hours = _weekday("Sunday", "")
    holidays_of: str = Field(
        "",
        max_length=12,
        title="Holidays of",
        description="Country, or country and state, as in DE, DE-BY, US-CA (ISO 3166); empty: no "
        "public holidays are known, and the calendar books on them.",
        json_schema_extra={**_OPEN},
    )
    closed: list[str] = Field(
        default_factory=list,
        max_length=400,
        title="Also closed on",
        description="Days as in 2026-12-24.",
        json_schema_extra={**_OPEN},
    )
    slot_min: Literal[5, 10, 15, 20, 30, 60] = Field(
        15,
        title="Step of the calendar",
        description="What a drag snaps to, and what free times begin at.",
        json_schema_extra={"unit": "min"},
    )
    buffer_min: int = Field(
        0,
        ge=0,
        le=240,
        title="Kept free after each appointment",
        description="Where nothing else is said when it is booked.",
        json_schema_extra={"unit": "min"},
    )
    tax_pct: float = Field(
        0.0,
        ge=0,
        le=100,
        title="Tax",
        description="The usual rate; a service, a part and a line may have their own.",
        json_schema_extra={"unit": "%"},
    )
    tax_word: str = Field(
        "Tax", max_length=30, title="Tax is called", description="As in VAT, MwSt, Sales tax."
    )
    payment_days: int = Field(
        14,
        ge=0,
        le=180,
        title="Invoices are due after",
        description="0: at once.",
        json_schema_extra={"unit": "days"},
    )
    invoice_prefix: str = Field(
        "",
        max_length=12,
        title="Invoice numbers begin with",
        description="As in 2026-; letters, digits and / _ . -; empty: the number alone. Another "
        "beginning is another series.",
    )
    labour_rate: str = Field(
        "0",
        max_length=12,
        title="An hour of labour",
        description="Its price without tax in the shop's currency, as in 95.00.",
    )
    phone: str = Field("", max_length=60, title="Telephone", description="On papers and in mails.")
    email: str = Field(
        "", max_length=200, title="E-mail", description="On papers and in mails; not the sender."
    )
    tax_id: str = Field("", max_length=60, title="Tax number", description="On invoices.")
    bank: str = Field(
        "", max_length=200, title="Bank account", description="On invoices, as it is to be read."
    )
    confirm: bool = Field(
        True,
        title="Confirm appointments",
        description="A new appointment is confirmed by e-mail where the customer has an address.",
    )
    text_confirmation: list[TextLine] = _letter("Text of a confirmation")
    text_moved: list[TextLine] = _letter("Text when it was moved")
    text_cancelled: list[TextLine] = _letter("Text when it was cancelled")
    text_reminder: list[TextLine] = _letter("Text of a reminder")
    subscription: Path | None = Field(
        None,
        title="Calendar file",
        description="Kept up to date for other programs to subscribe to, as shop.ics in a folder "
        "that they read; it has to end in .ics, and takes the place of no other file. Empty: none.",
        json_schema_extra={**_CALENDAR_FILE},
    )
    subscription_names: bool = Field(
        False,
        title="Names of customers in it",
        description="On: only this user of the machine can read the file. Off: everybody on it.",
        json_schema_extra={**_CALENDAR_FILE},
    )

    @field_validator("zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        name = name.strip()
        try:
            if name:
                ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            raise ValueError(f"“{name}” is no time zone; write one as in Europe/Berlin") from None
        return name

    @field_validator("holidays_of")
    @classmethod
    def _country(cls, name: str) -> str:
        name = name.strip().upper()
        if name and not (re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", name) and _has_holidays(name)):
            raise ValueError(
                "write a country whose holidays are known as in DE, or a state as in DE-BY"
            )
        return name

    @field_validator("subscription")
    @classmethod
    def _calendar_file(cls, path: Path | None) -> Path | None:
        if path is not None and path.suffix.lower() != ".ics":
            raise ValueError("write a file that ends in .ics, as in shop.ics")
        return path

    @field_validator("closed")
    @classmethod
    def _days(cls, days: list[str]) -> list[str]:
        found = set()
        for each in days:
            try:
                found.add(date.fromisoformat(each.strip()))
            except ValueError:
                raise ValueError(f"“{each[:20]}” is no day; write it as in 2026-12-24") from None
        return [each.isoformat() for each in sorted(found)]

    @field_validator("tax_pct")
    @classmethod
    def _tax(cls, rate: float) -> float:
        if Decimal(repr(rate)) * 100 % 1:
            raise ValueError("a rate of tax has at most two decimals")
        return rate

    @field_validator("labour_rate")
    @classmethod
    def _rate(cls, text: str) -> str:
        text = text.strip() or "0"
        if not _RATE.fullmatch(text):
            raise ValueError("write a price as in 95.00, without its currency")
        return text

    @field_validator("invoice_prefix")
    @classmethod
    def _prefix(cls, text: str) -> str:
        if text and not _PREFIX.fullmatch(text):
            raise ValueError("use letters, digits and / _ . - and begin with a letter or digit")
        return text

    @field_validator("phone", "tax_id", "bank", "tax_word")
    @classmethod
    def _line(cls, text: str) -> str:
        if not printable(text):
            raise ValueError("some of the characters cannot be shown")
        return text.strip()

    @field_validator("email")
    @classmethod
    def _address(cls, text: str) -> str:
        return checked_address(text)

    @field_validator(*_TEXTS)
    @classmethod
    def _template(cls, lines: list[TextLine]) -> list[TextLine]:
        text = _text_of(lines)
        if text.strip():
            try:
                check_template(text)
            except TemplateRefused as error:
                raise ValueError(error.message) from None
        return lines

    def rules(
        self,
        *,
        address: str,
        paper: str,
        logo: Path | None,
        currency: str,
        mail: Mail | None = None,
    ) -> ShopRules:
        """Return the rules of the shop; address, paper and logo are those of its sheets."""
        return ShopRules(
            zone=self.zone or _zone_here(),
            hours=tuple(parse_hours(getattr(self, day)) for day in _DAYS),
            holidays_of=self.holidays_of,
            closed=tuple(date.fromisoformat(each) for each in self.closed),
            slot_min=self.slot_min,
            buffer_min=self.buffer_min,
            tax_bp=int(Decimal(repr(self.tax_pct)) * 100),
            tax_word=self.tax_word or "Tax",
            payment_days=self.payment_days,
            invoice_prefix=self.invoice_prefix,
            labour_rate_minor=_minor(self.labour_rate, currency),
            address=address,
            phone=self.phone,
            email=self.email,
            tax_id=self.tax_id,
            bank=self.bank,
            paper=paper,
            logo="" if logo is None else str(logo),
            subscription="" if self.subscription is None else str(self.subscription),
            subscription_names=self.subscription_names,
            sender="" if mail is None else mail.sender,
            unsent="" if mail is None else mail.lacks,
            mail_account="" if mail is None else mail.account,
            confirm=self.confirm,
            templates={
                kind.value: text
                for name, kind in _TEXTS.items()
                if (text := _text_of(getattr(self, name))).strip()
            },
        )


def _text_of(lines: Sequence[TextLine]) -> str:
    return "\n".join(str(line) for line in lines)


def _minor(text: str, currency: str) -> int:
    try:
        return half_up(Decimal(text.replace(",", ".")).scaleb(decimals(currency)))
    except InvalidOperation:
        return 0


def _zone_here() -> str:
    """Return the name of this machine's time zone; UTC where it has none."""
    from tzlocal import get_localzone_name

    try:
        name: str | None = get_localzone_name()
        ZoneInfo(name or "UTC")
    except Exception:  # a machine's own files, which may hold anything, must not keep the desk shut
        return "UTC"
    return name or "UTC"


def _has_holidays(name: str) -> bool:
    # The list of countries takes a tenth of a second to read: only for a shop that names one.
    from cartech_desk.office.holidays_of import is_known

    return is_known(name)


class Backup(Section):
    """Copies of everything, made by the desk itself."""

    daily: bool = Field(
        True, title="Daily copy", description="One file each day with everything in it."
    )
    folder: Path | None = Field(
        None, title="Folder", description="Best on another disk; empty: beside the databases."
    )
    keep_days: int = Field(7, ge=1, le=60, title="Daily copies kept", description="The last ones.")
    keep_weeks: int = Field(
        4, ge=0, le=52, title="Weekly copies kept", description="One of each week before those."
    )
