"""Scenes of the tour of the People page: everybody, a new person, what a technician sees."""

from typing import Any, Final

from cartech_desk.app.tour_stage import Stage
from cartech_desk.domain.people import Role
from cartech_desk.office import demo_people

_WAITING: Final = ("Apprentice at the dyno", "apprentice@demo.example", "Level 2")
_FORMER: Final = ("Former technician", "former@demo.example", "Level 3")


def people(stage: Stage) -> None:
    """Show everybody, one who waits and one who was shut out."""
    stage.sign_in(demo_people.ADMINISTRATOR)
    office = stage.desk.office.people
    known = {one.email for one in office.list()}
    for name, email, certification in (_WAITING, _FORMER):
        if email not in known:
            made = office.register(
                name=name,
                email=email,
                certification=certification,
                password=demo_people.PASSWORD,
            )
            if email == _FORMER[1]:
                office.disable(stage.desk.office.session.actor, made.id, "left the shop")
    stage.window.open_page("people")
    stage.window.page.refresh()
    stage.wait("the list of people", lambda: bool(stage.window.page.waiting.rows))
    stage.play(0.3)


def people_add(stage: Stage) -> Any:
    """Add a person whose password is too easy."""
    page = stage.window.page
    page.add()
    form = page.form
    for name, words in (("name", "New technician"), ("email", "new@demo.example")):
        form.lines[name].setText(words)
    for line in (form.secret.first, form.secret.second):
        line.setText("New technician 1")
    form.submit()
    stage.wait("the refusal", lambda: bool(form.fields["password"].error))
    return form


def people_pin(stage: Stage) -> Any:
    """Set a PIN that anybody would try first."""
    page = stage.window.page
    if page.form is not None:
        page.form.reject()
    page.set_own_pin()
    form = page.form
    for line in form.lines.values():
        line.setText("1234")
    form.submit()
    stage.wait("the refusal", lambda: bool(form.fields["pin"].error))
    return form


def people_technician(stage: Stage) -> None:
    """Show what a technician sees."""
    page = stage.window.page
    if page.form is not None:
        page.form.reject()
    stage.sign_in(demo_people.TECHNICIAN)
    stage.wait(
        "the own account",
        lambda: page.mine is not None and page.mine.role is Role.TECHNICIAN,
    )
    stage.play(0.3)
