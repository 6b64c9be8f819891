"""E-mail by SMTP (RFC 5321): encrypted, with the server's certificate checked."""

import base64
import email
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime
from typing import Final, Literal

from cartech_desk.domain.appointments.letters import (
    Letter,
    MayHaveGone,
    NotNow,
    NotSent,
    NotThisOne,
    one_line,
)

Security = Literal["starttls", "tls", "none"]

_TIMEOUT_S: Final = 30.0
_TAKING_S: Final = 600.0
"""For the answer to a whole letter: the server may look at it for so long, and has it by then
(RFC 5321, section 4.5.3.2.6)."""
_PARTING_S: Final = 2.0
_SEVEN_BIT: Final = SMTP.clone(cte_type="7bit")
_DOT: Final = re.compile(rb"^\.", re.MULTILINE)
_SELF: Final = "[127.0.0.1]"
"""What this machine calls itself: its own name is nobody's business, and takes a look-up."""
_GO_ON: Final = 354
_PROVED: Final = 235
_LONGEST: Final = 160
_HEADERS: Final = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version")
_OF_PARTS: Final = re.compile(r"content-(type|transfer-encoding|disposition)|mime-version")
_RELAY: Final = re.compile(rb"relay|5\.7\.0|authenticat", re.IGNORECASE)
"""Words of a refusal that is about the shop's account, not about the customer."""
_SIGN_IN_FIRST: Final = 530
_MOST_SHOWN: Final = 900
"""No line of a letter is longer than 998 characters (RFC 5321, section 4.5.3.1.6)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters leave by; `sender` is the address that customers answer to."""

    server: str
    port: int
    security: Security
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpPost:
    """Hands letters to a mail server, each over a connection of its own.

    `trust` says which certificates are believed; the system's where nothing is given.
    """

    def __init__(
        self,
        server: MailServer,
        *,
        trust: ssl.SSLContext | None = None,
        timeout_s: float = _TIMEOUT_S,
        taking_s: float = _TAKING_S,
    ) -> None:
        self._server = server
        self._trust = trust
        self._timeout_s = timeout_s
        self._taking_s = taking_s

    def send(
        self, letter: Letter, leaving: Callable[[], bool], taken: Callable[[], None] = lambda: None
    ) -> bool:
        """Hand one letter over; see office.mailing.Post.

        Errors: NotNow, NotThisOne (it has not gone), MayHaveGone (nobody knows).
        """
        content = self._written(letter)
        smtp = self._connected()
        try:
            self._announce(smtp, letter)
            if not leaving():
                return False
            self._hand_over(smtp, content)
        except (smtplib.SMTPException, OSError) as error:
            raise NotNow(_broken(error)) from error
        else:
            taken()
            return True
        finally:
            _part(smtp)

    def _connected(self) -> smtplib.SMTP:
        """Return a connection on which letters may be announced. Errors: NotNow."""
        at = self._server
        if at.user and not at.password:
            raise NotNow(
                f"No password is kept for {one_line(at.user)} at {at.server}: set it anew; one of "
                "another user or server is not used.",
                everyone=True,
            )
        trust = self._trust or ssl.create_default_context()
        smtp: smtplib.SMTP | None = None
        try:
            if at.security == "tls":
                smtp = smtplib.SMTP_SSL(
                    at.server,
                    at.port,
                    local_hostname=_SELF,
                    timeout=self._timeout_s,
                    context=trust,
                )
            else:
                smtp = smtplib.SMTP(
                    at.server, at.port, local_hostname=_SELF, timeout=self._timeout_s
                )
            smtp.ehlo_or_helo_if_needed()
            if at.security == "starttls":
                smtp.starttls(context=trust)
                smtp.ehlo()
            if at.user:
                if at.security == "none":
                    raise NotNow(
                        "The password is not sent without encryption: choose STARTTLS or TLS in "
                        "the settings, or leave the user empty.",
                        everyone=True,
                    )
                _sign_in(smtp, at.user, at.password)
        except NotNow:
            _hang_up(smtp)
            raise
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            _hang_up(smtp)
            raise NotNow(self._no_connection(error), everyone=True) from None
        return smtp

    def _no_connection(self, error: Exception) -> str:
        """Say why the server cannot be used; never with what was to be proved to it."""
        at = f"{self._server.server}:{self._server.port}"
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return f"The mail server {at} does not accept user and password."
        if isinstance(error, ssl.SSLCertVerificationError):
            return (
                f"The mail server {at} has a certificate that is not to be trusted "
                f"({one_line(error.verify_message)[:_LONGEST]})."
            )
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return f"The mail server {at} does not offer what the settings ask for (encryption)."
        if isinstance(error, ssl.SSLError):
            return f"The mail server {at} does not speak {self._server.security.upper()}."
        if isinstance(error, TimeoutError) or "timed out" in str(error):
            return f"The mail server {at} does not answer."
        if isinstance(error, smtplib.SMTPResponseException):
            return f"The mail server {at} refuses: {_reply(error.smtp_code, error.smtp_error)}"
        if isinstance(error, UnicodeError):
            return f"The mail server {at} cannot be asked: its name, user or password is no ASCII."
        why = getattr(error, "strerror", None) or "the connection was closed"
        return f"The mail server {at} cannot be reached ({one_line(str(why))[:_LONGEST]})."

    def _announce(self, smtp: smtplib.SMTP, letter: Letter) -> None:
        """Say from whom and to whom. Errors: NotNow, NotThisOne."""
        try:
            _need(smtp.mail(self._sender()), 250)
        except NotSent as error:
            # What is wrong with the sender is wrong with every letter, and the shop can mend it.
            raise _for_all(str(error), error.code) from error
        code, words = smtp.rcpt(_plain(letter.to_address))
        try:
            _need((code, words), 250, 251)
        except NotThisOne as error:
            if code == _SIGN_IN_FIRST or _RELAY.search(words):
                raise _for_all(str(error), code) from error
            raise

    def _sender(self) -> str:
        """Return the shop's address as the wire has it. Errors: NotNow."""
        try:
            return _plain(self._server.sender)
        except NotThisOne as error:
            raise _for_all(f"The sender in the settings cannot be used. {error}") from error

    def _hand_over(self, smtp: smtplib.SMTP, content: bytes) -> None:
        """Send the letter itself. Errors: NotNow, NotThisOne, MayHaveGone."""
        _need(smtp.docmd("DATA"), _GO_ON)
        # Until the line with the dot the server has taken nothing (RFC 5321, section 4.1.1.4).
        smtp.send(_DOT.sub(b"..", content))
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(max(self._taking_s, self._timeout_s))
            smtp.send(b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")
            answer = smtp.getreply()
            if answer[0] < 0:
                raise smtplib.SMTPServerDisconnected("the line was closed")
        except (smtplib.SMTPException, OSError) as error:
            if isinstance(error, TimeoutError) or "timed out" in str(error):
                raise MayHaveGone("The server did not say in time whether it has it.") from error
            raise MayHaveGone("The line broke before the server said that it has it.") from error
        _need(answer, 250)

    def _written(self, letter: Letter) -> bytes:
        """Return a letter as bytes.

        Errors: NotThisOne where its address cannot be written, NotNow where the sender's cannot.
        """
        message = EmailMessage(policy=_SEVEN_BIT)
        try:
            message["From"] = Address(_shown(self._server.sender_name), addr_spec=self._sender())
        except (ValueError, IndexError, LookupError, MessageError) as error:
            raise _for_all("The sender in the settings cannot be used.") from error
        try:
            message["To"] = Address(_shown(letter.to_name), addr_spec=_plain(letter.to_address))
            message["Subject"] = _shown(letter.subject)
            message["Date"] = format_datetime(localtime())
            message["Message-ID"] = _shown(letter.message_id)
            # Lets no absence note be written to it (RFC 3834).
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(letter.body)
            for each in letter.enclosures:
                media, *more = each.media_type.split(";")
                kind, _, subtype = media.strip().partition("/")
                message.add_attachment(
                    each.content,
                    maintype=kind or "application",
                    subtype=subtype or "octet-stream",
                    filename=_shown(each.name),
                    params=dict(_parameter(each) for each in more),
                )
            content = message.as_bytes()
            _check_headers(content, len(letter.enclosures))
            return content
        except (ValueError, IndexError, LookupError, MessageError) as error:
            raise NotThisOne(
                f"It cannot be written to {one_line(letter.to_address)[:_LONGEST]}."
            ) from error


def _sign_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """Prove user and password to the server. Errors: SMTPAuthenticationError and others."""
    if (user + password).isascii():
        smtp.login(user, password)
        return
    # The library writes ASCII alone; the mechanism PLAIN is UTF-8 (RFC 4616, section 2).
    proof = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
    code, words = smtp.docmd("AUTH", f"PLAIN {proof}")
    if code != _PROVED:
        raise smtplib.SMTPAuthenticationError(code, words)


def _shown(text: str) -> str:
    """Return a text as a header may hold it.

    The library reads encoded words (RFC 2047) in what it is given, line ends and all: one that
    stands in a name or subject is taken apart, so that it stays the text it is.
    """
    return one_line(text).replace("=?", "= ?")[:_MOST_SHOWN]


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _check_headers(content: bytes, enclosures: int) -> None:
    """See that a letter has the headers that were set, and no other. Errors: ValueError."""
    read = email.message_from_bytes(content)
    parts = list(read.walk())[1:]
    own = [name for name in read.keys() if not name.lower().startswith("content-")]  # noqa: SIM118 - a name may stand twice
    within = [name.lower() for part in parts for name in part.keys()]  # noqa: SIM118 - as above
    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"")
    if (
        sorted(own) != sorted(_HEADERS)
        or not all(map(_OF_PARTS.fullmatch, within))
        or len(parts) != (enclosures + 1 if enclosures else 0)
        or b"\r" in head
        or b"\n" in head
    ):
        raise ValueError("the headers are not those that were set")


def _plain(address: str) -> str:
    """Return an address in ASCII. Errors: NotThisOne."""
    name, _, domain = address.rpartition("@")
    try:
        if not domain.isascii():
            import idna

            # The codec of the language follows IDNA 2003, which takes some names for others'.
            domain = idna.encode(domain, uts46=True).decode("ascii")
        plain = f"{name}@{domain}"
        plain.encode("ascii")
        if not all(0 < len(label) < 64 for label in domain.split(".")):
            raise UnicodeError("a name of a machine has parts of 1 to 63 letters")
    except UnicodeError:
        raise NotThisOne(
            f"The address {one_line(address)[:_LONGEST]} has letters that mail servers refuse."
        ) from None
    if not name or any(letter in plain for letter in "\r\n<> "):
        raise NotThisOne(f"{one_line(address)[:_LONGEST]} is no address.")
    return plain


def _need(answer: tuple[int, bytes], *good: int) -> None:
    """Let an answer pass; 4xx is not now, anything else never. Errors: NotNow, NotThisOne."""
    code, words = answer
    if code in good:
        return
    told = f"The mail server refuses: {_reply(code, words)}"
    if code < 0:  # smtplib's word for a line that is closed
        raise NotNow("The mail server closed the line.")
    error = NotNow(told) if 400 <= code < 500 else NotThisOne(told)
    error.code = code
    raise error


def _for_all(told: str, code: int = 0) -> NotNow:
    """Return why no letter at all can go."""
    error = NotNow(told, everyone=True)
    error.code = code
    return error


def _reply(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return f"{code} {one_line(text)[:_LONGEST]}".rstrip(". ") + "."


def _broken(error: Exception) -> str:
    why = getattr(error, "strerror", None) or "the line broke"
    return f"The mail server cannot be reached any more ({one_line(str(why))[:_LONGEST]})."


def _part(smtp: smtplib.SMTP) -> None:
    """Say goodbye, and do not wait long for the answer to that."""
    with suppress(smtplib.SMTPException, OSError):
        if smtp.sock is not None:
            smtp.sock.settimeout(_PARTING_S)
        smtp.quit()
    _hang_up(smtp)


def _hang_up(smtp: smtplib.SMTP | None) -> None:
    if smtp is not None:
        with suppress(smtplib.SMTPException, OSError):
            smtp.close()
