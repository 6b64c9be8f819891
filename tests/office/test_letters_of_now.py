"""Letters about what has changed since they were written, and servers that keep them back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cartech_desk.domain.appointments.booking import AppointmentStatus
from cartech_desk.domain.appointments.letters import LetterKind, NotNow
from cartech_desk.office.booking_errors import MailRefused
from cartech_desk.store.mail import MailGone

from .calendar_desk import Taker


class Meanwhile(Taker):
    """A server that puts a letter off after something has happened in the shop."""

    def __init__(self, happens):
        super().__init__()
        self.happens = happens

    def send(self, letter, leaving, taken):
        assert leaving()
        self.happens()
        raise NotNow("451 Later.")


def sent_later(desk):
    desk.mail_now += timedelta(hours=2)
    post = Taker()
    desk.mailing.send_due(post)
    return post.taken


def test_one_that_was_leaving_while_it_was_moved_does_not_tell_the_old_time(desk, far):
    later = far.starts + timedelta(days=1)
    desk.mailing.send_due(
        Meanwhile(lambda: desk.calendar.move(desk.boss, far.id, 1, starts=later, tell=True))
    )
    (letter,) = sent_later(desk)
    assert "24 March 2026" in letter.body


def test_one_that_was_leaving_while_it_was_cancelled_confirms_nothing(desk, far):
    desk.mailing.send_due(
        Meanwhile(lambda: desk.calendar.set_status(desk.boss, far.id, AppointmentStatus.CANCELLED))
    )
    assert [letter for letter in sent_later(desk) if "booked" in letter.body] == []


def test_one_that_changes_while_the_server_is_asked_stays(desk, far):
    class Asked(Taker):
        def send(self, letter, leaving, taken):
            desk.calendar.move(desk.boss, far.id, 1, starts=far.starts + timedelta(days=1))
            return super().send(letter, leaving, taken)

    post = Asked()
    desk.mailing.send_due(post)
    assert post.taken == []


@pytest.mark.parametrize("how", ["over", "deleted"])
def test_what_is_over_or_gone_is_not_written_about(desk, booked, how):
    if how == "over":
        desk.mail_now = booked.ends
    else:
        desk.store.appointments.delete(desk.calendar.get(booked.id), desk.boss)
    assert sent_later(desk) == []
    assert desk.mail_states() == ["cancelled"]


def test_it_goes_to_the_address_of_the_day_it_leaves(desk, far):
    with desk.store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET email = 'new@example.com'")
    assert [letter.to_address for letter in sent_later(desk)] == ["new@example.com"]


def test_a_customer_who_was_deleted_is_written_nothing(desk, far):
    with desk.store._desk.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET deleted = 'now'")
    assert sent_later(desk) == []
    (mail,), _ = desk.mailing.list()
    assert "no e-mail address" in mail.problem


def test_one_withdrawn_by_a_move_is_not_let_go_again(desk, far):
    (mail,), _ = desk.mailing.list()
    desk.calendar.move(desk.boss, far.id, 1, starts=far.starts + timedelta(days=1))
    with pytest.raises(MailGone, match="newer"):
        desk.mailing.send_again(desk.boss, mail.id)


def test_what_is_not_so_is_not_written(desk, far):
    with pytest.raises(MailRefused, match="not cancelled"):
        desk.mailing.write(desk.boss, LetterKind.CANCELLED, far.id)
    desk.calendar.set_status(desk.boss, far.id, AppointmentStatus.CANCELLED)
    with pytest.raises(MailRefused, match="cancelled"):
        desk.mailing.write(desk.boss, LetterKind.CONFIRMATION, far.id)
    for kind in (LetterKind.PAPER, LetterKind.OTHER):
        with pytest.raises(MailRefused, match="not written about"):
            desk.mailing.write(desk.boss, kind, far.id)


def test_one_that_is_booked_again_is_confirmed_where_it_never_was(desk, far):
    desk.calendar.set_status(desk.boss, far.id, AppointmentStatus.CANCELLED)
    kept = desk.calendar.set_status(desk.boss, far.id, AppointmentStatus.BOOKED)
    assert kept.confirmation == "queued"
    assert ["booked" in letter.body for letter in sent_later(desk)] == [True]


def test_a_fault_that_nobody_foresaw_keeps_no_other_letter_back(desk):
    who = desk.customer()
    for day in range(2):
        desk.book(24 * (21 + day), customer_id=who, confirm=True)
    assert desk.mailing.send_due(Taker(LookupError("a header"))) == 1
    assert sorted(desk.mail_states()) == ["failed", "sent"]


def test_while_the_server_is_away_the_whole_outbox_waits(desk):
    who = desk.customer()
    for day in range(4):
        desk.book(24 * (21 + day), customer_id=who, confirm=True)
    post = Taker(*[NotNow("No password.", everyone=True)] * 8)
    for _ in range(8):
        desk.mailing.send_due(post)
    assert len(post.fates) == 7
    desk.mailing.hurry()
    assert desk.mailing.send_due(Taker()) == 4


def test_what_the_server_says_of_a_customer_is_not_logged(desk, far, caplog):
    error = NotNow("The mail server refuses: 450 <mia@example.com> is full.")
    error.code = 450
    desk.mailing.send_due(Taker(error))
    assert "450" in caplog.text
    assert "mia@" not in caplog.text


def test_a_password_is_not_used_for_another_server(desk):
    desk.rules = replace(desk.rules, mail_account="shop at mail.example:587")
    desk.mailing.set_password(desk.boss, "secret word")
    desk.rules = replace(desk.rules, mail_account="shop at thief.example:587")
    assert desk.mailing.password() == ""
    assert not desk.mailing.has_password()
    desk.rules = replace(desk.rules, mail_account="shop at mail.example:587")
    assert desk.mailing.password() == "secret word"


def test_the_calendar_that_goes_with_a_letter_names_whose_it_is(desk):
    desk.rules = replace(desk.rules, email="desk@shop.example")
    desk.book(24 * 21, customer_id=desk.customer(), confirm=True)
    (mail,), _ = desk.mailing.list()
    (file,) = desk.store.mail.letter(mail.id).enclosures
    assert "method=PUBLISH" in file.media_type
    assert b'ORGANIZER;CN="Blue Dyno":mailto:desk@shop.example' in file.content
