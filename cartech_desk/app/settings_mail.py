"""Settings of the mail server."""

import re
from typing import Final, Literal

from pydantic import Field, field_validator

from cartech_desk.app.settings_section import Section
from cartech_desk.domain.plain_text import printable
from cartech_desk.domain.shop_rules import NO_SENDER, NO_SERVER

_HOST: Final = re.compile(r"[A-Za-z0-9_.:\[\]-]{1,200}")
_TOGETHER: Final = {"group": "smtp mail server"}
_ADDRESS: Final = re.compile(r"[^\s@<>,;\"\\]+@[^\s@<>,;\"\\]+")


class Mail(Section):
    """The server that confirmations leave by. Its password is kept in the keyring, never here."""

    server: str = Field(
        "",
        max_length=200,
        title="Mail server",
        description="As in smtp.example.com; empty: mails wait in the outbox.",
        json_schema_extra={**_TOGETHER},
    )
    port: int = Field(
        587,
        ge=1,
        le=65535,
        title="Port",
        description="Usually 587 or 465.",
        json_schema_extra={**_TOGETHER},
    )
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        title="Security",
        description="Usually STARTTLS with 587, TLS with 465; none only within the shop's own "
        "network, and then without a user.",
        json_schema_extra={**_TOGETHER},
    )
    user: str = Field(
        "",
        max_length=200,
        title="User",
        description="Empty: without signing in. Its password is set below, or by cartech-desk "
        "appointments mail-password.",
        json_schema_extra={**_TOGETHER},
    )
    sender: str = Field(
        "",
        max_length=200,
        title="Sender",
        description="The address that customers answer to; without it nothing is sent.",
        json_schema_extra={**_TOGETHER},
    )

    @field_validator("server")
    @classmethod
    def _host(cls, name: str) -> str:
        name = name.strip()
        if name and not _HOST.fullmatch(name):
            raise ValueError("write the name of a machine as in smtp.example.com")
        return name

    @field_validator("user")
    @classmethod
    def _user(cls, text: str) -> str:
        if not printable(text):
            raise ValueError("some of the characters cannot be shown")
        return text.strip()

    @field_validator("sender")
    @classmethod
    def _sender(cls, text: str) -> str:
        return checked_address(text)

    @property
    def lacks(self) -> str:
        """What it lacks so that mails leave, as in ShopRules.unsent; empty for nothing."""
        if not self.server:
            return NO_SERVER
        return "" if self.sender else NO_SENDER

    @property
    def account(self) -> str:
        """User and server that the password is for; empty where nobody signs in."""
        return f"{self.user} at {self.server}:{self.port}" if self.user else ""


def checked_address(text: str) -> str:
    """Return an e-mail address without what stands around it; it may be empty.

    Errors: ValueError for what mail could not reach.
    """
    text = text.strip()
    if not text:
        return text
    # The library that reads addresses takes its time: only what is set is read with it.
    from cartech_desk.office.person_fields import is_address

    if not (_ADDRESS.fullmatch(text) and is_address(text)):
        raise ValueError("write an address as in shop@example.com")
    return text
