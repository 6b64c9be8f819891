"""The thread that sends: it sends what waits, says what keeps it, and ends when told."""

import threading
from types import SimpleNamespace

import pytest

from cartech_desk.app import mail_post
from cartech_desk.app.mail_post import MailPost, send_now
from cartech_desk.app.settings import Settings
from cartech_desk.store.errors import StoreError


class Rooms:
    """An office whose outbox has something until it was sent."""

    def __init__(self):
        self.sent, self.subscribed = threading.Event(), threading.Event()
        self.problem = None
        self.mailing = self.appointments = self
        self.people = SimpleNamespace(shop=lambda: None)

    def write_subscription(self):
        self.subscribed.set()

    def has_due(self):
        if self.problem is not None:
            problem, self.problem = self.problem, None
            raise problem
        return not self.sent.is_set()

    def password(self):
        return "secret"

    def send_due(self, post, *, stop):
        assert "secret" not in repr(post._post._server)
        self.sent.set()
        return 1


def settings(**mail):
    return SimpleNamespace(values=Settings(mail=mail))


@pytest.fixture
def office():
    return Rooms()


def run(office, **mail):
    post = MailPost(office, settings(**mail), first_s=0.0, look_s=0.01)
    post.start()
    return post


SERVER = {"server": "127.0.0.1", "sender": "a@b.example", "user": "shop"}


def test_what_waits_is_sent_and_the_subscription_written(office):
    post = run(office, **SERVER)
    assert office.sent.wait(10)
    assert office.subscribed.wait(10)
    post.stop()
    assert not post._thread.is_alive()


def test_trouble_with_the_store_ends_nothing(office):
    office.problem = StoreError("The disk sleeps.", to_do="Wake it.")
    post = run(office, **SERVER)
    assert office.sent.wait(10)
    post.stop()


def test_a_bug_ends_nothing(office, caplog):
    office.problem = RuntimeError("bug")
    post = run(office, **SERVER)
    assert office.sent.wait(10)
    post.stop()
    assert "bug while sending" in caplog.text


def test_a_bug_is_told_until_a_look_goes_well(office):
    office.problem = RuntimeError("bug")
    post = MailPost(office, settings(**SERVER))
    post._look()
    assert "while sending e-mails" in post.troubles()["E-mails"].happened
    post._look()
    assert post.troubles() == {}


def test_a_subscription_that_fails_keeps_no_mail_back_and_is_told_until_it_is_written(office):
    writes = []

    def write():
        writes.append(1)
        if len(writes) == 1:
            raise RuntimeError("bug")

    office.write_subscription = write
    post = MailPost(office, settings(**SERVER))
    post._look()
    assert office.sent.is_set()
    assert "E-mails" in post.troubles()
    post._look()
    assert post.troubles() == {}
    post._look()
    assert len(writes) == 2


def test_without_a_server_nothing_is_tried(office):
    assert send_now(office, Settings()) == 0
    assert not office.sent.is_set()


def test_one_that_never_began_can_be_stopped_and_does_nothing_then(office):
    post = MailPost(office, settings(**SERVER), first_s=0.0, look_s=0.01)
    post.stop()
    assert not post._thread.is_alive()
    assert not office.sent.is_set()


def test_the_end_does_not_wait_for_a_server_that_only_might_answer(office):
    connecting, end = threading.Event(), threading.Event()

    def send_due(post, *, stop):
        connecting.set()
        end.wait(20)

    office.send_due = send_due
    post = run(office, **SERVER)
    assert connecting.wait(10)
    assert not post._sending.is_set()
    end.set()
    post.stop()


def test_a_letter_that_is_leaving_is_known_to_be(office):
    seen = []

    class Server:
        def send(self, letter, leaving, taken):
            seen.append(event.is_set())
            leaving()
            seen.append(event.is_set())
            taken()
            seen.append(event.is_set())
            return True

    event = threading.Event()
    mail_post._Watched(Server(), event).send(None, lambda: True, lambda: None)
    assert seen == [False, True, False]


def test_reading_the_thread_s_module_reads_no_mail_library():
    assert "smtplib" not in vars(mail_post)
