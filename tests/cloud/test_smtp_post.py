"""Letters by SMTP, against a real server on loopback: TLS, sign-in, and its moods."""

import asyncio
import email.policy
import socket
import ssl
import threading
from dataclasses import replace

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from cartech_desk.cloud.mail import MailServer, SmtpPost
from cartech_desk.domain.appointments.letters import (
    Enclosure,
    Letter,
    MayHaveGone,
    NotNow,
    NotThisOne,
)

SECRET = "pass word ö"  # noqa: S105 - of a made-up account
LETTER = Letter(
    "mia@example.com",
    "Your appointment: Größe",
    "Dear Mia,\n.a line with a dot\n\nsee you: Ölwechsel\n",
    "Mia Müller",
    (Enclosure("appointment.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),),
    "<one@cartech-desk>",
)


class Office:
    """What the server of the test does with letters."""

    def __init__(self):
        self.taken = []
        self.mail = self.rcpt = self.data = ""
        self.hang_up = False
        self.think_s = 0.0
        self.quit = lambda: None

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.quit()
        return "221 Bye"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.hang_up:
            server.transport.abort()
            return "250 OK"
        await asyncio.sleep(self.think_s)
        if self.data:
            return self.data
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


def sign_in(server, session, envelope, mechanism, data):
    good = data.login == b"shop" and data.password == SECRET.encode()
    return AuthResult(success=good, handled=good)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def trust(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="module")
def certificate(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def serve():
    """Start a server; gives its port and what it does."""
    running = []

    def start(**given):
        office = Office()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = Controller(office, hostname="127.0.0.1", port=port, **given)
        server.start()
        running.append(server)
        return port, office

    yield start
    for server in running:
        server.stop()


def post(port, security="none", trust=None, **given):
    given = {
        "server": "localhost",
        "sender": "desk@shop.example",
        "sender_name": "Blue Dyno",
    } | given
    return SmtpPost(MailServer(port=port, security=security, **given), trust=trust, timeout_s=5)


def yes():
    return True


def test_a_letter_arrives_as_it_was_written(serve):
    port, office = serve()
    assert post(port).send(LETTER, yes)
    ((sender, to, content),) = office.taken
    read = email.message_from_bytes(content, policy=email.policy.default)
    assert (sender, to) == ("desk@shop.example", ["mia@example.com"])
    assert read["Subject"] == LETTER.subject
    assert read["To"] == "Mia Müller <mia@example.com>"
    assert read["From"] == "Blue Dyno <desk@shop.example>"
    assert read["Message-ID"] == LETTER.message_id
    body = read.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert body == LETTER.body
    (file,) = read.iter_attachments()
    assert file.get_filename() == "appointment.ics"
    assert file.get_content_type() == "text/calendar"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_signs_in_over_an_encrypted_line(serve, certificate, trust, security):
    if security == "tls":
        port, office = serve_tls(serve, certificate)
    else:
        port, office = serve(tls_context=certificate, authenticator=sign_in, auth_required=True)
    assert post(port, security, trust, user="shop", password=SECRET).send(LETTER, yes)
    assert len(office.taken) == 1


def serve_tls(serve, certificate):
    return serve(
        ssl_context=certificate, authenticator=sign_in, auth_required=True, auth_require_tls=False
    )


def test_a_wrong_password_is_told_without_saying_it(serve, certificate, trust):
    port, office = serve(tls_context=certificate, authenticator=sign_in)
    with pytest.raises(NotNow, match="does not accept user and password") as caught:
        post(port, "starttls", trust, user="shop", password="not it").send(LETTER, yes)  # noqa: S106
    assert caught.value.everyone
    assert "not it" not in str(caught.value)
    assert office.taken == []


def test_a_password_never_goes_over_a_plain_line(serve):
    port, office = serve(authenticator=sign_in, auth_require_tls=False)
    with pytest.raises(NotNow, match="without encryption"):
        post(port, user="shop", password=SECRET).send(LETTER, yes)
    assert office.taken == []


def test_a_server_without_starttls_gets_nothing(serve, trust):
    port, office = serve()
    with pytest.raises(NotNow, match="does not offer"):
        post(port, "starttls", trust).send(LETTER, yes)
    assert office.taken == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(serve, certificate, security):
    if security == "tls":
        port, office = serve_tls(serve, certificate)
    else:
        port, office = serve(tls_context=certificate)
    with pytest.raises(NotNow, match="not to be trusted"):
        post(port, security, ssl.create_default_context()).send(LETTER, yes)
    assert office.taken == []


def test_a_certificate_of_another_name_is_refused(serve, authority, trust):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.example.com").configure_cert(context)
    port, office = serve(tls_context=context)
    with pytest.raises(NotNow, match="not to be trusted"):
        post(port, "starttls", trust).send(LETTER, yes)
    assert office.taken == []


def test_a_server_that_is_not_there_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(NotNow, match="cannot be reached") as caught:
        post(port, server="127.0.0.1").send(LETTER, yes)
    assert caught.value.everyone


def test_a_server_that_says_nothing_is_not_waited_for():
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        at = MailServer("127.0.0.1", mute.getsockname()[1], "none", "desk@shop.example")
        with pytest.raises(NotNow, match="does not answer"):
            SmtpPost(at, timeout_s=0.2).send(LETTER, yes)


@pytest.mark.parametrize(
    ("mood", "answer", "error"),
    [
        ("rcpt", "450 Come back later", NotNow),
        ("rcpt", "550 No such person", NotThisOne),
        ("data", "452 Disk full", NotNow),
        ("data", "554 Looks like rubbish", NotThisOne),
    ],
)
def test_what_the_server_says_decides_whether_it_is_tried_again(serve, mood, answer, error):
    port, office = serve()
    setattr(office, mood, answer)
    with pytest.raises(error, match=answer[4:]):
        post(port).send(LETTER, yes)
    assert office.taken == []


def test_a_line_that_breaks_after_the_last_byte_leaves_it_open(serve):
    port, office = serve()
    office.hang_up = True
    with pytest.raises(MayHaveGone):
        post(port).send(LETTER, yes)


def test_one_that_was_withdrawn_meanwhile_does_not_leave(serve):
    port, office = serve()
    assert not post(port).send(LETTER, lambda: False)
    assert office.taken == []


def test_nothing_is_claimed_before_the_server_has_agreed(serve):
    port, office = serve()
    office.rcpt = "450 Later"
    asked = []
    with pytest.raises(NotNow):
        post(port).send(LETTER, lambda: asked.append(1) or True)
    assert asked == []


@pytest.mark.parametrize(
    "address",
    ["mia@example.com\r\nRCPT TO:<all@example.com>", "a b@example.com", "müller@example.com"],
)
def test_an_address_that_would_say_more_is_refused(serve, address):
    port, office = serve()
    with pytest.raises(NotThisOne):
        post(port).send(Letter(address, "s", "b"), yes)
    assert office.taken == []


def test_a_subject_and_a_name_add_no_header(serve):
    port, office = serve()
    letter = Letter("mia@example.com", "Hi\r\nBcc: all@example.com", "b", "Mia\nX: 1", (), "<1@x>")
    post(port).send(letter, yes)
    read = email.message_from_bytes(office.taken[0][2], policy=email.policy.default)
    assert read["Bcc"] is None
    assert read["X"] is None


def test_a_domain_with_other_letters_is_written_as_the_wire_wants_it(serve):
    port, office = serve()
    post(port).send(Letter("mia@müller.example", "s", "b", "", (), "<1@x>"), yes)
    assert office.taken[0][1] == ["mia@xn--mller-kva.example"]


def test_two_letters_leave_side_by_side(serve):
    port, office = serve()
    threads = [threading.Thread(target=post(port).send, args=(LETTER, yes)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(office.taken) == 2


BAD = "=?utf-8?q?a=0d=0aReply-To=3a_thief=40x.example?="


@pytest.mark.parametrize(
    "given",
    [
        {"to_name": BAD},
        {"subject": BAD},
        {"subject": "=?utf-8?q?a=0d=0a=0d=0aPay=20another=20account?="},
        {"subject": "==?" + BAD + "?"},
        {"enclosures": (Enclosure(BAD, "text/plain", b"x"),)},
        {"message_id": BAD},
    ],
)
def test_an_encoded_word_in_what_was_typed_adds_nothing(serve, given):
    port, office = serve()
    post(port).send(replace(LETTER, **given), yes)
    content = office.taken[0][2]
    read = email.message_from_bytes(content)
    assert read["Reply-To"] is None
    assert b"\nReply-To" not in content
    assert b"\nPay another" not in content
    assert len(read.keys()) in (8, 9)


@pytest.mark.parametrize("answer", ["530 Sign in first", "550 Not from you", "450 Later"])
def test_what_is_wrong_with_the_sender_fails_no_letter_for_good(serve, answer):
    port, office = serve()
    office.mail = answer
    with pytest.raises(NotNow) as caught:
        post(port).send(LETTER, yes)
    assert caught.value.everyone
    assert caught.value.code == int(answer[:3])


@pytest.mark.parametrize("sender", ["größe@shop.example", "[a]@b", "desk@", "a@" + "x" * 70])
def test_a_sender_that_cannot_be_written_is_told_of_all(serve, sender):
    port, _ = serve()
    with pytest.raises(NotNow, match="sender") as caught:
        post(port, sender=sender).send(LETTER, yes)
    assert caught.value.everyone


def test_a_server_that_relays_for_nobody_is_the_shop_s_trouble(serve):
    port, office = serve()
    office.rcpt = "554 5.7.1 Relay access denied"
    with pytest.raises(NotNow) as caught:
        post(port).send(LETTER, yes)
    assert caught.value.everyone


def test_a_domain_is_the_one_that_was_written(serve):
    port, office = serve()
    post(port).send(replace(LETTER, to_address="mia@straße.example"), yes)
    assert office.taken[0][1] == ["mia@xn--strae-oqa.example"]


def test_no_password_is_told_before_anything_is_asked():
    with pytest.raises(NotNow, match="No password") as caught:
        post(1, security="starttls", user="shop").send(LETTER, yes)
    assert caught.value.everyone


def test_it_is_known_the_moment_the_server_has_it(serve):
    port, office = serve()
    order = []
    office.quit = lambda: order.append("quit")
    post(port).send(LETTER, yes, lambda: order.append("taken"))
    assert order == ["taken", "quit"]


def test_the_server_may_think_long_about_a_whole_letter(serve):
    port, office = serve()
    office.think_s = 0.6
    at = MailServer("localhost", port, "none", "desk@shop.example")
    assert SmtpPost(at, timeout_s=0.3).send(LETTER, yes)
    with pytest.raises(MayHaveGone, match="did not say in time"):
        SmtpPost(at, timeout_s=0.3, taking_s=0.3).send(LETTER, yes)
