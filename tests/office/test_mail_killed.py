"""A desk that is killed while it sends: what had not left goes later, what may have does not."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from cartech_desk.domain.appointments.outbox import MailState
from cartech_desk.office.mailing import LEASE

from .calendar_desk import MONDAY, CalendarDesk

pytestmark = pytest.mark.long

KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.mailing import Mailing
from cartech_desk.store.store import Store

class Post:
    def send(self, letter, leaving, taken):
        if sys.argv[2] == "leaving":
            leaving()
        os.kill(os.getpid(), signal.SIGKILL)

later = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
Mailing(Store(Path(sys.argv[1])), ShopRules, lambda: later).send_due(Post())
"""


class Taker:
    def __init__(self):
        self.taken = []

    def send(self, letter, leaving, taken):
        if leaving():
            taken()
            self.taken.append(letter)
            return True
        return False


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize(("when", "sent"), [("ready", 1), ("leaving", 0)])
def test_what_was_killed_is_sent_at_most_once(tmp_path, when, sent):
    desk = CalendarDesk(tmp_path)
    try:
        desk.book(customer_id=desk.customer(), confirm=True)
        ended = subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path / "desk"), when], check=False, timeout=60
        )
        assert ended.returncode == -signal.SIGKILL
        desk.mail_now = MONDAY + LEASE + timedelta(minutes=2)
        post = Taker()
        desk.mailing.send_due(post)
        (mail,), _ = desk.mailing.list()
        assert len(post.taken) == sent
        assert mail.state is (MailState.SENT if sent else MailState.FAILED)
    finally:
        desk.store.close()
