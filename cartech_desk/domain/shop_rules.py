"""What a shop has agreed with itself: time zone, hours, tax, terms; read from the settings."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

Opening = tuple[tuple[int, int], ...]
"""Stretches of one day in minutes since midnight, local time, as ((480, 720), (780, 1020))."""

NO_SERVER: Final = "no mail server is set"
NO_SENDER: Final = "no sender is set"
DEMO_SENDS_NONE: Final = "the demo sends none"
_DAY: Opening = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))


@dataclass(frozen=True, slots=True)
class ShopRules:
    """How the shop works. `zone` is an IANA name; `hours` begins with Monday."""

    zone: str = "UTC"
    hours: tuple[Opening, ...] = (_DAY,) * 5 + ((),) * 2
    holidays_of: str = ""
    """Country, or country and subdivision (ISO 3166): "DE-BY"; empty for none."""
    closed: tuple[date, ...] = ()
    """Other days on which the shop is closed."""
    slot_min: int = 15
    """Step of the calendar."""
    buffer_min: int = 0
    """Kept free after each appointment where nothing else is said."""
    tax_bp: int = 0
    """The usual rate of tax in hundredths of a per cent."""
    tax_word: str = "Tax"
    payment_days: int = 14
    invoice_prefix: str = ""
    labour_rate_minor: int = 0
    """Price of an hour of labour in the shop's currency."""
    address: str = ""
    phone: str = ""
    email: str = ""
    tax_id: str = ""
    bank: str = ""
    paper: str = "a4"
    logo: str = ""
    subscription: str = ""
    """File that the calendar is written to for others to subscribe to; empty for none."""
    templates: dict[str, str] = field(default_factory=dict)
    """E-mail texts by their kind, where the shop has its own; the first line is the subject."""
    confirm: bool = True
    """Whether a new appointment is confirmed by e-mail where nothing else is said."""
    subscription_names: bool = False
    """Whether customers' names stand in the subscription file."""
    sender: str = ""
    """The address that e-mails come from; empty where none is set."""
    unsent: str = ""
    """Why e-mails stay in the outbox, as NO_SERVER; empty where they leave."""
    mail_account: str = ""
    """User and server that the mail server's password is for; empty where nobody signs in."""
