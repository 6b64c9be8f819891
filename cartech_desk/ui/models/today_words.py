"""What Today says of the bay, of who is at the desk, and of the audit log: a lamp and a line."""

from collections.abc import Sequence
from typing import Final

from cartech_desk.bay.status import BaySnapshot, ConnectionStatus, LinkState
from cartech_desk.domain.people import NOBODY
from cartech_desk.office.audit_book import Verdict
from cartech_desk.office.session import AtDesk
from cartech_desk.store.vehicles import Vehicle
from cartech_desk.ui.theme.states import LINK_STATES, State
from cartech_desk.ui.words import counted, elapsed, local_time, wire_name

_NAMED: Final = 2


def link_words(connection: ConnectionStatus) -> tuple[State, str]:
    """Say how the connection stands."""
    state, wire = LINK_STATES[connection.state], wire_name(connection.url)
    if connection.state is LinkState.CONNECTED:
        chip = connection.adapter.chip if connection.adapter else ""
        name = ", ".join(part for part in (chip, wire) if part)
        if not connection.ignition_on:
            return State.WARNING, f"Ignition off, {name}"
        return state, f"Connected, {name}"
    if connection.state is LinkState.DISCONNECTED:
        if connection.happened:
            return State.WARNING, f"No car: {connection.happened}"
        return state, "No car is connected"
    if connection.state is LinkState.CONNECTING:
        return state, f"Connecting to {wire}"
    return state, f"Link lost, {wire}" + (
        ": trying again" if connection.state is LinkState.RECONNECTING else ""
    )


def vehicle_words(vehicle: Vehicle | None) -> tuple[State, str]:
    """Name the vehicle at hand."""
    if vehicle is None:
        return State.OFF, "No vehicle at hand"
    names = dict.fromkeys(part for part in (vehicle.name, vehicle.vin) if part)
    return State.CONNECTED, ", ".join(names)


def recording_words(snapshot: BaySnapshot) -> tuple[State, str]:
    """Say whether a recording runs, for how long, and what is wrong with it."""
    recording = snapshot.recording
    if not recording.id:
        return State.OFF, "Not recording"
    words = f"Recording {elapsed((snapshot.now_ns - recording.started_ns) / 1e9)}"
    if recording.problem:
        return State.WARNING, f"{words}: {recording.problem}"
    return State.RECORDING, words


def desk_words(now: AtDesk, *, recording: bool = False) -> tuple[State, str]:
    """Say who is at the desk; that it is nobody is a warning while a recording runs."""
    if now.person == NOBODY and recording:
        return State.WARNING, "A recording runs and NOBODY IS SIGNED IN"
    if now.person == NOBODY:
        return State.OFF, "Nobody is signed in"
    role = f", {now.person.role.value}" if now.person.role is not None else ""
    if now.locked:
        return State.OFF, f"Locked: {now.person.name}{role}"
    return State.CONNECTED, f"{now.person.name}{role}"


def waiting_words(names: Sequence[str]) -> str:
    """Say who waits for approval: `2 people wait for approval: …`."""
    who = "1 person waits" if len(names) == 1 else f"{len(names)} people wait"
    listed = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
    return f"{who} for approval: {listed}"


def audit_words(verdict: Verdict | None, key_problem: str) -> tuple[State, str, str]:
    """Say what the last verification found, and more of it for a tooltip."""
    if verdict is not None and not verdict.ok:
        at = verdict.first_bad_sequence
        where = f"broken at record {at}" if at is not None else "broken"
        return State.TRIP, f"Audit log {where}: {verdict.problem}", verdict.problem
    if key_problem:
        return State.WARNING, f"New records are not keyed: {key_problem}", key_problem
    if verdict is None:
        return State.OFF, "Not verified yet", ""
    when = f", {local_time(verdict.at)}" if verdict.at is not None else ""
    words = f"Whole: {counted(verdict.records, 'record')} verified{when}"
    if not verdict.keyed:
        return State.WARNING, f"{words}, without the key", "\n".join(verdict.warnings)
    if verdict.warnings:
        return State.WARNING, f"{words}. {verdict.warnings[0]}", "\n".join(verdict.warnings)
    return State.CONNECTED, words, ""
