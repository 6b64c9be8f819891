"""E-mails to customers: templates, the outbox, sending when the server is there."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from cartech_desk.domain.appointments.letters import (
    TEMPLATES,
    Enclosure,
    Letter,
    LetterKind,
    MayHaveGone,
    NotNow,
    NotSent,
    NotThisOne,
    TemplateRefused,
    one_line,
)
from cartech_desk.domain.appointments.outbox import Mail, MailState, OutboxState
from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.clock import utc_now
from cartech_desk.domain.errors import NOTHING_CHANGED
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.booking_errors import MailRefused
from cartech_desk.office.letters_about import letter_about, untrue
from cartech_desk.office.person_fields import is_address
from cartech_desk.store.errors import DatabaseCorrupt, NotKept, StoreError
from cartech_desk.store.mail import MailQuery

if TYPE_CHECKING:
    from cartech_desk.domain.appointments.booking import Appointment
    from cartech_desk.store.store import Store

MOST_BYTES: Final = 10_000_000
"""Most bytes of a letter's files together: what servers usually take."""
MOST_PASSWORD: Final = 500
BACKOFF: Final = (
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
)
"""How long after each try the next one is; the last one for all that follow."""
MOST_TRIES: Final = 124
"""So often a letter is tried that the server puts off: for five days, as mail servers themselves
do (RFC 5321, section 4.5.4.1). Times at which no letter could go do not count."""
LEASE: Final = timedelta(minutes=15)
"""Whoever takes a letter for sending is done with it by then, or was killed."""
_UNKNOWN: Final = "It may have arrived. Ask the customer, or send it again."
_STOPPED: Final = f"The desk was stopped while this was leaving. {_UNKNOWN}"
_BUG: Final = "The desk could not write this letter, for a fault of its own; its log says more."
_PROBLEM: Final = 300

_LOG = logging.getLogger(__name__)


class Post(Protocol):
    """What takes letters to the mail server; `cloud.mail` is one."""

    def send(self, letter: Letter, leaving: Callable[[], bool], taken: Callable[[], None]) -> bool:
        """Hand one letter over.

        `leaving` is asked when all is ready and before the first byte of it goes; where it says no
        nothing is sent, and the answer is False. `taken` is called the moment that the server
        says it has it. Errors: NotNow, NotThisOne, MayHaveGone.
        """


class Mailing:
    """E-mails to customers: templates, the outbox, sending when the server is there.

    `rules` gives the shop's rules of now. Thread-safe; methods may wait for the disk: not in the
    GUI thread. Acts of a person take `by`, the actor, and are audited.
    """

    def __init__(
        self,
        store: "Store",
        rules: Callable[[], ShopRules],
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._rules = rules
        self._wall = wall
        self._in_vain = 0
        """How often in a row no letter at all could go."""

    # Looking

    def list(
        self,
        search: str = "",
        *,
        limit: int = 200,
        offset: int = 0,
        sort: str = "created",
        descending: bool = True,
        state: Sequence[MailState] = (),
        appointment_id: str = "",
        job_id: str = "",
    ) -> tuple[tuple[Mail, ...], int]:
        """Return e-mails of the outbox and how many there are in all."""
        query = MailQuery(
            search, tuple(state), appointment_id, job_id, sort, descending, limit, offset
        )
        return self._store.mail.page(query)

    def get(self, mail_id: str) -> Mail:
        """Return one of them. Errors: NotKept."""
        return self._store.mail.get(mail_id)

    def state(self) -> OutboxState:
        """Return the outbox at a glance. Quick."""
        return self._store.mail.state()

    def preview(self, kind: LetterKind, appointment_id: str) -> Letter:
        """Return what a customer would be written.

        Errors: MailRefused without an address; TemplateRefused.
        """
        if kind not in TEMPLATES:
            raise MailRefused(
                f"An e-mail of the kind “{kind.value}” is not written about an appointment.",
                kept=NOTHING_CHANGED,
                to_do=f"Choose one of {', '.join(TEMPLATES)}.",
            )
        appointment = self._store.appointments.get(appointment_id)
        letter = self._about(kind, appointment)
        if letter is None:
            who = appointment.customer or "This appointment"
            raise MailRefused(
                f"{who} has no e-mail address that mail could reach.",
                kept=NOTHING_CHANGED,
                to_do="Put it into the customer's record.",
            )
        return letter

    # What a person does

    def write(self, by: Actor, kind: LetterKind, appointment_id: str) -> Mail:
        """Put a letter about an appointment into the outbox; one that waits is not doubled.

        Errors: RightMissing, NotKept; MailRefused without an address, and for what is not so.
        """
        require(by, Act.KEEP_RECORDS)
        appointment = self._store.appointments.get(appointment_id)
        letter = self.preview(kind, appointment.id)
        self._need_true(kind, appointment)
        return self._store.mail.add(letter, kind.value, by, appointment_id=appointment.id)

    def send_paper(
        self,
        by: Actor,
        *,
        job_id: str,
        to_address: str,
        to_name: str,
        subject: str,
        body: str,
        enclosures: Sequence[Enclosure] = (),
    ) -> Mail:
        """Put a letter with papers of a job into the outbox (Act.BILL; 10 MB at most).

        Errors: RightMissing, MailRefused.
        """
        require(by, Act.BILL)
        if not is_address(to_address):
            raise MailRefused(
                "This is no e-mail address that mail could reach.",
                kept=NOTHING_CHANGED,
                to_do="Give an address as in name@example.com.",
            )
        if sum(len(each.content) for each in enclosures) > MOST_BYTES:
            raise MailRefused(
                f"The files are larger than {MOST_BYTES // 1_000_000} MB together.",
                kept=NOTHING_CHANGED,
                to_do="Send less at once.",
            )
        letter = Letter(
            to_address.strip(),
            one_line(subject) or "Papers",
            body.rstrip() + "\n",
            one_line(to_name),
            tuple(enclosures),
        )
        return self._store.mail.add(letter, LetterKind.PAPER.value, by, job_id=job_id)

    def cancel(self, by: Actor, mail_id: str) -> Mail:
        """Withdraw one that has not gone. Errors: RightMissing, NotKept, MailGone."""
        require(by, Act.KEEP_RECORDS)
        return self._store.mail.cancel(mail_id, by)

    def send_again(self, by: Actor, mail_id: str) -> Mail:
        """Try one again now that failed or waits; one that may have gone goes again then.

        Errors: RightMissing, NotKept, MailGone.
        """
        require(by, Act.KEEP_RECORDS)
        mail = self._store.mail.get(mail_id)
        if mail.appointment_id and mail.kind in TEMPLATES:
            appointment = self._store.appointments.get(mail.appointment_id)
            self._need_true(LetterKind(mail.kind), appointment)
        return self._store.mail.again(mail.id, by)

    def set_password(self, by: Actor, password: str) -> None:
        """Keep the mail server's password in the keyring (Act.RUN_SHOP); empty removes it.

        It is used for the user and the server that the settings name now, and for no others.
        Errors: RightMissing, MailRefused, PasswordNotKept.
        """
        require(by, Act.RUN_SHOP)
        if len(password) > MOST_PASSWORD or not password.isprintable():
            raise MailRefused(
                f"A password has at most {MOST_PASSWORD} characters, all of them printable.",
                kept=NOTHING_CHANGED,
                to_do="Type it anew.",
            )
        self._store.audit.admit(by)
        self._store.mail_password.keep(password, self._rules().mail_account)
        said = {"password": "set" if password else "removed"}
        entity = Entity("settings", "mail", "Mail")
        self._store.audit.note(by, Entry("settings.mail", entity, after=said))
        self.hurry()

    def has_password(self) -> bool:
        """Tell whether a password is kept. May wait for the keyring."""
        return bool(self.password())

    # What the desk does

    def password(self) -> str:
        """Return the mail server's password, for whoever sends. May wait for the keyring."""
        return self._store.mail_password.read(self._rules().mail_account)

    def hurry(self) -> None:
        """Let all that wait be tried now, as when the settings of the mail server are others."""
        self._in_vain = 0
        self._store.mail.hurry()

    def has_due(self) -> bool:
        """Tell whether something is to be sent now. Quick."""
        return bool(self._store.mail.due(self._wall(), 1))

    def send_due(self, post: Post, *, stop: Callable[[], bool] = lambda: False) -> int:
        """Send what is due, one after the other, until the server does not answer.

        Returns how many it took. A letter says what is so when it leaves; one that nobody needs
        any more is withdrawn. Of a letter that was leaving when the desk was killed nobody knows
        whether it arrived: it is marked so, and never sent again by itself.
        """
        kept, now = self._store.mail, self._wall()
        kept.settle(now, _STOPPED)
        sent = 0
        for mail in kept.due(now):
            if stop():
                break
            try:
                gone = self._send(post, mail)
            except NotNow as error:
                self._later(mail, error)
                if error.everyone:
                    break
            except NotThisOne as error:
                _LOG.warning("e-mail %s cannot go (%s)", mail.id, error.code or "as it is")
                kept.failed(mail.id, str(error)[:_PROBLEM], claimed=error.claimed)
            except MayHaveGone as error:
                kept.failed(mail.id, f"{error} {_UNKNOWN}"[:_PROBLEM], claimed=True)
            else:
                sent += gone
                self._in_vain = 0
        return sent

    # Below

    def _send(self, post: Post, mail: Mail) -> int:
        """Send one. Errors: NotNow, NotThisOne, MayHaveGone; StoreError."""
        claimed = False
        try:
            letter, sequence = self._current(mail)
            if letter is None:
                return 0

            def leaving() -> bool:
                nonlocal claimed
                until = self._wall() + LEASE
                claimed = self._store.mail.claim(mail.id, until, sequence=sequence)
                return claimed

            def taken() -> None:
                self._store.mail.sent(mail.id, self._wall())

            gone = post.send(letter, leaving, taken)
        except NotSent as error:
            error.claimed = claimed
            raise
        except (TemplateRefused, DatabaseCorrupt) as error:
            raise NotThisOne(error.message) from error
        except (StoreError, MayHaveGone):
            raise
        except Exception as error:
            # One letter that nothing foresaw must not keep the others back.
            _LOG.exception("bug while sending e-mail %s", mail.id)
            if claimed:
                raise MayHaveGone(_BUG) from error
            raise NotThisOne(_BUG) from error
        if gone:
            _LOG.info("e-mail %s was taken by the server", mail.id)
        return int(gone)

    def _current(self, mail: Mail) -> tuple[Letter | None, int | None]:
        """Return a letter as it is so now, and the sequence of the appointment that it tells of.

        None for one that is not to be sent any more: it is withdrawn.
        """
        kept = self._store.mail
        if not mail.appointment_id or mail.kind not in TEMPLATES:
            return kept.letter(mail.id), None
        kind, now = LetterKind(mail.kind), self._wall()
        try:
            appointment = self._store.appointments.get(mail.appointment_id)
        except NotKept:
            kept.lapse(mail.id, "The appointment was deleted.")
            return None, None
        why = untrue(kind, appointment, now)
        if not why and kept.superseded(mail):
            why = "A newer letter took its place."
        written = None if why else self._about(kind, appointment)
        if written is None:
            kept.lapse(mail.id, why or "The customer has no e-mail address any more.")
            return None, None
        if (written.to_address, written.subject, written.body) == (
            mail.to_address,
            mail.subject,
            mail.body,
        ):
            return kept.letter(mail.id), appointment.sequence
        kept.rewrite(mail.id, written)
        return replace(written, message_id=mail.message_id), appointment.sequence

    def _about(self, kind: LetterKind, appointment: "Appointment") -> Letter | None:
        shop = self._store.people.shop()
        return letter_about(kind, appointment, self._rules(), shop.name if shop else "")

    def _need_true(self, kind: LetterKind, appointment: "Appointment") -> None:
        """Refuse to write what is not so. Errors: MailRefused."""
        why = untrue(kind, appointment, self._wall())
        if why:
            raise MailRefused(
                why, kept=NOTHING_CHANGED, to_do="Write what is so, or nothing about it."
            )

    def _later(self, mail: Mail, error: NotNow) -> None:
        """Note when it is tried again; what the server said may name the customer: not logged."""
        kept, now, problem = self._store.mail, self._wall(), str(error)[:_PROBLEM]
        _LOG.warning("e-mail %s waits (%s)", mail.id, error.code or "no answer")
        if error.everyone:
            wait = BACKOFF[min(self._in_vain, len(BACKOFF) - 1)]
            self._in_vain += 1
            if error.claimed:
                kept.later(mail.id, now + wait, problem, claimed=True)
            kept.wait(now + wait, problem)
            return
        if mail.tries + 1 >= MOST_TRIES:
            words = f"It was tried {MOST_TRIES} times. {problem}"
            kept.failed(mail.id, words[:_PROBLEM], claimed=error.claimed)
            return
        wait = BACKOFF[min(mail.tries, len(BACKOFF) - 1)]
        kept.later(mail.id, now + wait, problem, claimed=error.claimed)
