"""The outbox: what is written, withdrawn, tried again, and never sent twice knowingly."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.domain.appointments.letters import (
    Enclosure,
    LetterKind,
    MayHaveGone,
    NotNow,
    NotThisOne,
)
from cartech_desk.domain.appointments.outbox import MailState
from cartech_desk.domain.people import Actor, NotSignedIn, RightMissing, Role
from cartech_desk.office.booking_errors import MailRefused
from cartech_desk.office.mailing import LEASE, MOST_TRIES
from cartech_desk.store.mail import MailGone

from .calendar_desk import MONDAY, Taker


def test_a_confirmation_is_written_with_the_booking_and_says_when(desk, booked):
    assert booked.confirmation == "queued"
    (mail,), count = desk.mailing.list(appointment_id=booked.id)
    assert count == 1
    assert mail.subject == "Your appointment at Blue Dyno on Monday, 2 March 2026"
    assert "Monday, 2 March 2026, 9:00 to 10:00" in mail.body
    assert "Dear Mia Miller" in mail.body
    assert mail.enclosures == ("appointment.ics",)


def test_a_booking_that_is_refused_writes_nothing(desk, booked):
    with pytest.raises(Exception, match="taken"):
        desk.book(1, customer_id=booked.customer_id, confirm=True)
    assert len(desk.mail_states()) == 1


def test_without_an_address_nothing_is_written(desk):
    kept = desk.book(customer_id=desk.customer(email="not an address"), confirm=True)
    assert kept.confirmation == ""
    with pytest.raises(MailRefused, match="no e-mail address"):
        desk.mailing.write(desk.boss, LetterKind.CONFIRMATION, kept.id)


def test_what_the_server_took_is_sent_and_never_again(desk, booked):
    post = Taker()
    assert desk.mailing.send_due(post) == 1
    assert desk.mailing.send_due(post) == 0
    assert len(post.taken) == 1
    assert desk.calendar.get(booked.id).confirmation == "sent"
    assert desk.mailing.state().sent == 1


def test_offline_it_waits_longer_each_time_and_says_why(desk, far):
    waits = []
    for _ in range(7):
        desk.mailing.send_due(Taker(NotNow("The server sleeps.", everyone=True)))
        (mail,), _ = desk.mailing.list()
        assert (mail.state, mail.problem) == (MailState.QUEUED, "The server sleeps.")
        waits.append(mail.next_try - desk.mail_now)
        desk.mail_now = mail.next_try
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(hours=1)
    assert desk.mailing.send_due(Taker()) == 1


def test_before_its_time_it_is_not_tried(desk, booked):
    desk.mailing.send_due(Taker(NotNow("No.", everyone=True)))
    post = Taker()
    assert desk.mailing.send_due(post) == 0
    assert post.taken == []


def test_one_that_is_put_off_for_days_is_given_up(desk):
    desk.book(24 * 21, customer_id=desk.customer(), confirm=True, even_so=True)
    with desk.store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE mail SET tries = ?", (MOST_TRIES - 1,))
    desk.mailing.send_due(Taker(NotNow("450 Later.")))
    (mail,), _ = desk.mailing.list()
    assert mail.state is MailState.FAILED
    assert f"{MOST_TRIES} times" in mail.problem


def test_a_desk_that_was_off_for_a_week_tries_again_all_the_same(desk):
    desk.book(24 * 21, customer_id=desk.customer(), confirm=True, even_so=True)
    desk.mail_now += timedelta(days=6)
    desk.mailing.send_due(Taker(NotNow("The server sleeps.", everyone=True)))
    assert desk.mail_states() == ["queued"]


def test_a_server_that_is_not_there_is_asked_once_for_all(desk):
    who = desk.customer()
    for hour in range(3):
        desk.book(hour, customer_id=who, confirm=True, notes=str(hour))
    post = Taker(*[NotNow("Gone.", everyone=True)] * 3)
    desk.mailing.send_due(post)
    assert len(post.fates) == 2


def test_one_that_is_refused_for_good_keeps_no_other_back(desk):
    who = desk.customer()
    for hour in range(2):
        desk.book(hour, customer_id=who, confirm=True, notes=str(hour))
    assert desk.mailing.send_due(Taker(NotThisOne("550 No such person."))) == 1
    assert sorted(desk.mail_states()) == ["failed", "sent"]
    assert desk.mailing.state().failed == 1


def test_where_nobody_knows_whether_it_went_a_person_decides(desk, far):
    desk.mailing.send_due(Taker(MayHaveGone("The line broke.")))
    (mail,), _ = desk.mailing.list()
    assert mail.state is MailState.FAILED
    assert "may have arrived" in mail.problem
    desk.mail_now += timedelta(days=1)
    assert desk.mailing.send_due(Taker()) == 0
    desk.mailing.send_again(desk.boss, mail.id)
    desk.mail_now += timedelta(days=1)
    assert desk.mailing.send_due(Taker()) == 1


def test_of_one_that_was_leaving_when_the_desk_was_killed_it_says_so(desk, booked):
    (mail,), _ = desk.mailing.list()
    assert desk.store.mail.claim(mail.id, desk.mail_now + LEASE)
    desk.mail_now += timedelta(minutes=1)
    assert desk.mailing.send_due(Taker()) == 0
    assert desk.mail_states() == ["sending"]
    desk.mail_now += LEASE
    assert desk.mailing.send_due(Taker()) == 0
    assert desk.mail_states() == ["failed"]


def test_two_desks_send_it_once(desk, booked):
    first, second = Taker(), Taker()

    class Slow(Taker):
        def send(self, letter, leaving, taken):
            desk.mailing.send_due(second)  # the other desk comes in between
            return super().send(letter, leaving, taken)

    slow = Slow()
    desk.mailing.send_due(slow)
    assert len(slow.taken) + len(second.taken) + len(first.taken) == 1


def test_a_moved_appointment_is_never_confirmed_at_its_old_time(desk, booked):
    desk.calendar.move(desk.boss, booked.id, 1, starts=MONDAY + timedelta(hours=5))
    assert desk.mail_states() == ["cancelled", "queued"]
    post = Taker()
    desk.mailing.send_due(post)
    (letter,) = post.taken
    assert "13:00 to 14:00" in letter.body
    assert letter.subject.startswith("Your appointment at")


def test_one_who_was_written_is_told_of_the_move_where_that_is_wanted(desk, booked):
    desk.mailing.send_due(Taker())
    desk.calendar.move(
        desk.boss, booked.id, 1, starts=MONDAY + timedelta(hours=5), tell=True, even_so=True
    )
    newest = desk.mailing.list()[0][0]
    assert (newest.kind, newest.state) == ("moved", MailState.QUEUED)


def test_one_that_is_cancelled_withdraws_what_waits(desk, booked):
    desk.calendar.set_status(desk.boss, booked.id, AppointmentStatus.CANCELLED, tell=True)
    assert [one.kind for one in desk.mailing.list(state=[MailState.QUEUED])[0]] == ["cancelled"]
    assert desk.mail_states().count(MailState.CANCELLED) == 1
    assert desk.mailing.state().withdrawn == 1


def test_a_confirmation_that_was_withdrawn_as_the_car_came_is_told(desk, booked):
    kept = desk.calendar.set_status(desk.boss, booked.id, AppointmentStatus.ARRIVED)
    assert desk.mail_states() == [MailState.CANCELLED]
    assert kept.confirmation == desk.calendar.get(booked.id).confirmation == "cancelled"


def test_the_same_letter_is_not_put_in_twice(desk, booked):
    again = desk.mailing.write(desk.boss, LetterKind.CONFIRMATION, booked.id)
    assert desk.mailing.list()[1] == 1
    assert again.appointment_id == booked.id


def test_what_has_gone_is_not_withdrawn(desk, booked):
    (mail,), _ = desk.mailing.list()
    desk.mailing.send_due(Taker())
    for act in (desk.mailing.cancel, desk.mailing.send_again):
        with pytest.raises(MailGone, match="has gone"):
            act(desk.boss, mail.id)


def test_the_shop_s_own_text_is_used(desk):
    desk.rules = replace(desk.rules, templates={"confirmation": "See you {date}\n\nHi {customer}"})
    desk.book(customer_id=desk.customer(name="Mia\r\nBcc: all@example.com"), confirm=True)
    (mail,), _ = desk.mailing.list()
    assert (mail.subject, mail.body) == (
        "See you Monday, 2 March 2026",
        "Hi Mia Bcc: all@example.com\n",
    )


def test_papers_go_by_mail_within_their_size(desk):
    def send(size, to="mia@example.com", by=desk.boss):
        return desk.mailing.send_paper(
            by,
            job_id="",
            to_address=to,
            to_name="Mia",
            subject="Invoice",
            body="Here it is.",
            enclosures=[Enclosure("invoice.pdf", "application/pdf", b"%" * size)],
        )

    mail = send(1000)
    assert desk.store.mail.letter(mail.id).enclosures[0].content == b"%" * 1000
    with pytest.raises(MailRefused, match="10 MB"):
        send(10_000_001)
    with pytest.raises(MailRefused, match="address"):
        send(1, "nobody")
    with pytest.raises(RightMissing):
        send(1, by=Actor("x", "Tom", Role.TECHNICIAN))


def test_the_password_is_kept_where_only_its_owner_reads_it(desk):
    assert not desk.mailing.has_password()
    desk.mailing.set_password(desk.boss, "pässword")
    assert desk.mailing.password() == "pässword"
    kept = list((desk.folder / "desk" / "keys").glob("*.mail"))
    assert kept[0].stat().st_mode & 0o077 == 0
    with pytest.raises(NotSignedIn):
        desk.mailing.set_password(Actor.at_command_line("root"), "x")
    desk.mailing.set_password(desk.boss, "")
    assert not desk.mailing.has_password()
