"""Scenes of the tour before the pages: the first start, signing in, the lock, taking over."""

from typing import Final

from cartech_desk.app.tour_stage import Stage
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.office import demo_people

_ALARM_S: Final = 60.0


def founding(stage: Stage) -> None:
    """Start a desk that nobody has set up."""
    stage.wait("the form of the first start", lambda: stage.window.gate.founding is not None)


def founding_wrong(stage: Stage) -> None:
    """Send it with a password that is too easy."""
    form = stage.window.gate.founding
    typed = {"shop": "Corner Garage", "name": "First administrator", "email": "office@"}
    for name, words in typed.items():
        form.lines[name].setText(words)
    for line in (form.secret.first, form.secret.second):
        line.setText("administrator1")
    form.submit()
    stage.wait("the refusal", lambda: bool(form.fields["password"].error))
    form.scroll.verticalScrollBar().setValue(0)


def sign_in(stage: Stage) -> None:
    """Ask who is at the desk."""
    stage.found()
    stage.sign_out()
    for toast in stage.window.toasts.standing:
        toast.leave()
    panel = stage.window.gate.panel
    stage.wait("the names", lambda: bool(panel.tiles))
    stage.play(0.3)


def sign_in_pin(stage: Stage) -> None:
    """Type a PIN."""
    panel = stage.window.gate.panel
    next(tile for tile in panel.tiles if demo_people.MANAGER.name in tile.text()).click()
    for digit in demo_people.PIN[:2]:
        panel.pad.press(digit)


def register(stage: Stage) -> None:
    """Register somebody new."""
    panel = stage.window.gate.panel
    panel.ask_password()
    panel.ask_registration()
    panel.registration.lines["name"].setText("New technician")


def today(stage: Stage) -> None:
    """Show the first page, with the manager at the desk."""
    stage.window.gate.panel.ask_name()
    stage.sign_in()
    stage.window.open_page("today")
    stage.play(0.5)


def live_alarm(stage: Stage) -> None:
    """Let the engine overheat while it is recorded."""
    stage.sign_in(demo_people.TECHNICIAN)
    window, bay = stage.window, stage.desk.bay
    bay.disconnect().result()  # let go by a person, so that no lost link stands beside it
    stage.connect(stage.park_car(script="overheating", clock=4))
    stage.wait("the vehicle", lambda: window.acts.vehicle is not None)
    window.open_page("live")
    stage.wait("live values", lambda: bool(bay.snapshot().channels))
    window.acts.start_recording("The coolant pump stands still")
    stage.wait("a recording", lambda: bool(stage.recording()))
    stage.wait(
        "a trip",
        lambda: any(
            one.worst is Level.TRIP and one.channel == "temp"
            for one in bay.snapshot().alarms.announced
        ),
        _ALARM_S,
    )
    stage.play(1.0)


def lock(stage: Stage) -> None:
    """Lock the desk while alarms stand and a recording runs."""
    stage.lock()
    panel = stage.window.gate.panel
    stage.wait("the question for the PIN", lambda: panel.head.text().endswith("your PIN"))


def lock_wait(stage: Stage) -> None:
    """Type wrong passwords until one has to wait."""
    panel = stage.window.gate.panel
    panel.ask_password()
    for _ in range(6):
        if panel.patience.waiting:
            break
        panel.secret.setText("not the password")
        panel.enter.click()
        stage.wait("an answer", lambda: bool(panel.wrong.text()) and not panel.checking)


def take_over(stage: Stage) -> None:
    """Ask who takes over; the page behind stays."""
    stage.sign_in(demo_people.TECHNICIAN)
    stage.window.keeper.take_over()
    panel = stage.window.gate.panel
    stage.wait("the names", lambda: bool(panel.tiles))
    stage.play(0.3)


def taken_over(stage: Stage) -> None:
    """Take over, with the same page in front; then the engine is switched off."""
    stage.sign_in(demo_people.MANAGER)
    window, bay = stage.window, stage.desk.bay
    if stage.recording():
        window.acts.stop_recording()
        stage.wait("the end of the recording", lambda: not stage.recording())
    bay.disconnect().result()
    stage.take_car_away()
    bay.alarms.acknowledge_all(stage.desk.office.session.actor).result()
    stage.play(1.0)
