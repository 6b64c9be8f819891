"""The dyno bench for the status bar: a lamp and a few words."""

from cartech_desk.bay.dyno_status import DynoSnapshot, Phase, SourceStatus
from cartech_desk.ui.theme.states import State


def bench_state(snapshot: DynoSnapshot) -> tuple[State, str]:
    """Lamp and words of the bench: who, and what goes on."""
    if snapshot.phase is Phase.RUNNING:
        return State.RECORDING, f"{snapshot.run_name or 'run'} under way"
    if not snapshot.sources:
        return State.OFF, "no dyno"
    # The words of sources wait until there is one: no start of the window needs them.
    from cartech_desk.hardware.dyno.source import SourceState
    from cartech_desk.ui.models.bench_words import SOURCE_LAMPS, SOURCE_WORDS, source_name

    worst = max(snapshot.sources, key=_trouble)
    name = source_name(worst)
    if worst.state is not SourceState.CONNECTED:
        return SOURCE_LAMPS[worst.state], f"{name} · {SOURCE_WORDS[worst.state]}"
    if snapshot.phase is Phase.ARMED:
        return State.CONNECTING, f"{name} · armed"
    rate = sum(one.rate_hz for one in snapshot.sources)
    return State.CONNECTED, f"{name} · {rate:.0f}/s"


def _trouble(source: SourceStatus) -> int:
    return ("connected", "off", "connecting", "silent", "lost").index(source.state.value)
