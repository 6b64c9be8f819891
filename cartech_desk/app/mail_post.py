"""Sends what the outbox holds, and keeps the subscription file up to date."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final

from cartech_desk.app.settings import Settings, SettingsFile
from cartech_desk.app.upkeep import Upkeep
from cartech_desk.office.office import Office

if TYPE_CHECKING:
    from cartech_desk.domain.appointments.letters import Letter
    from cartech_desk.office.mailing import Post

_SUBSCRIPTION_EVERY: Final = 20
"""Looks between two at the subscription file, for what another desk or a job changed."""
_LEAVING_S: Final = 10.0
"""A letter that is just leaving is waited for: else nobody would know whether it went."""


class MailPost(Upkeep):
    """Looks every few seconds; what has not gone waits for the next start."""

    name: ClassVar[str] = "E-mails"
    doing: ClassVar[str] = "sending e-mails"
    first_s: ClassVar[float] = 3.0
    """The start itself is over by then."""
    look_s: ClassVar[float] = 3.0

    def __init__(self, office: Office, settings: SettingsFile, **pace: float) -> None:
        super().__init__(**pace)
        self._office = office
        self._settings = settings
        self._sending = threading.Event()
        self._looks = 0
        self._server: object = None

    def stop(self) -> None:
        """End; a letter that is just leaving is waited for."""
        super().stop()
        if self._thread.is_alive() and self._sending.is_set():
            self._thread.join(_LEAVING_S)

    def _work(self) -> bool:
        try:
            self._subscribe()
        finally:
            self._send()
        return False

    def _subscribe(self) -> None:
        """Write the subscription file now and then; where that fails, at the next look again."""
        if self._looks % _SUBSCRIPTION_EVERY == 0:
            self._office.appointments.write_subscription()
        self._looks += 1

    def _send(self) -> None:
        server = self._settings.values.mail
        if self._server is not None and server != self._server:
            self._office.mailing.hurry()
        self._server = server
        if self._office.mailing.has_due():
            send_now(
                self._office,
                self._settings.values,
                stop=self._told.is_set,
                through=lambda post: _Watched(post, self._sending),
            )


class _Watched:
    """Tells by an event when a letter is leaving, until it is known whether it went."""

    def __init__(self, post: "Post", sending: threading.Event) -> None:
        self._post = post
        self._sending = sending

    def send(
        self, letter: "Letter", leaving: Callable[[], bool], taken: Callable[[], None]
    ) -> bool:
        """Hand one letter over; see office.mailing.Post."""

        def watched() -> bool:
            self._sending.set()
            return leaving()

        def noted() -> None:
            taken()
            self._sending.clear()

        try:
            return self._post.send(letter, watched, noted)
        finally:
            self._sending.clear()


def send_now(
    office: Office,
    settings: Settings,
    *,
    stop: Callable[[], bool] = lambda: False,
    through: "Callable[[Post], Post]" = lambda post: post,
) -> int:
    """Send what is due; returns how many the server took, none where no server is set.

    `through` gives what stands between the outbox and the server.

    Errors: PasswordNotKept, StoreError.
    """
    mail = settings.mail
    if mail.lacks:
        return 0
    from cartech_desk.cloud.mail import MailServer, SmtpPost

    shop = office.people.shop()
    server = MailServer(
        server=mail.server,
        port=mail.port,
        security=mail.security,
        sender=mail.sender,
        sender_name=shop.name if shop else "",
        user=mail.user,
        password=office.mailing.password() if mail.user else "",
    )
    return office.mailing.send_due(through(SmtpPost(server)), stop=stop)
