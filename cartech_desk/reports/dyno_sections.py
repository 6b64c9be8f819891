"""Sections that follow on a sheet's further pages: times, quality, alarms, notes, proof."""

from collections.abc import Sequence
from typing import Final

from cartech_desk.reports.drawing import Align
from cartech_desk.reports.dyno_facts import run_names, time_words
from cartech_desk.reports.dyno_flow import Column, Flow
from cartech_desk.reports.dyno_sheet import Sheet, SheetRun

_PER_TABLE: Final = 6


def times(flow: Flow, run: SheetRun) -> None:
    """Write the acceleration times; those that the run does not span say why."""
    if not run.result.times:
        return
    flow.heading("Acceleration")
    for time in run.result.times:
        span, words = time_words(time)
        flow.pair(span, words, bold=time.seconds is not None)


def marks(flow: Flow, runs: Sequence[SheetRun]) -> None:
    """Write what is to be known of the runs' quality, and alarms that stood in them."""
    flow.heading("Quality")
    names = run_names(runs)
    for run, name in zip(runs, names, strict=True):
        if len(runs) > 1:
            flow.lines(name, bold=True)
        if not run.result.quality:
            flow.lines("Nothing speaks against this run.", indent=13)
        for mark in run.result.quality:
            flow.marked(mark.grave, mark.word, mark.why)
    flow.heading("Alarms during the run" if len(runs) == 1 else "Alarms during the runs")
    for run, name in zip(runs, names, strict=True):
        before = f"{name}: " if len(runs) > 1 else ""
        for alarm in run.alarms:
            flow.lines(before + alarm)
        if not run.alarms:
            flow.lines(before + "none")


def notes(flow: Flow, sheet: Sheet) -> None:
    """Write modifications and notes in full, as they were written."""
    written: dict[str, None] = {}
    for run in sheet.runs:
        if len(run.session.modifications) > 150 or "\n" in run.session.modifications.strip():
            written[f"Modifications\n{run.session.modifications}"] = None
        if run.session.notes.strip():
            written[f"Notes of the session\n{run.session.notes}"] = None
    for run in sheet.runs:
        if run.run.note.strip():
            title = "Note of the run" if len(sheet.runs) == 1 else f"Note of {run.run.name}"
            written[f"{title}\n{run.run.note}"] = None
    if sheet.notes.strip():
        written[f"Notes\n{sheet.notes}"] = None
    for words in written:
        title, text = words.split("\n", 1)
        flow.heading(title)
        flow.lines(text.strip("\n"))


def times_of_several(flow: Flow, runs: Sequence[SheetRun]) -> None:
    """Write the acceleration times of several runs as a table."""
    keys = list(dict.fromkeys(time.key for run in runs for time in run.result.times))
    if not keys:
        return
    flow.heading("Acceleration [s]")
    rows = []
    for run, name in zip(runs, run_names(runs), strict=True):
        known = {time.key: time.seconds for time in run.result.times}
        rows.append([name, *(_seconds(known.get(key)) for key in keys)])
    titles = {time.key: time_words(time)[0] for run in runs for time in run.result.times}
    for first in range(0, len(keys), _PER_TABLE):
        part = slice(first + 1, first + 1 + _PER_TABLE)
        columns = [Column(titles[key]) for key in keys[first : first + _PER_TABLE]]
        flow.table(
            [Column("Run", 1.3, Align.LEFT), *columns], [[row[0], *row[part]] for row in rows]
        )


def _seconds(seconds: float | None) -> str:
    return "n/a" if seconds is None else f"{seconds:.3f}"


def proof(flow: Flow, runs: Sequence[SheetRun]) -> None:
    """Write the hash of each run's raw data."""
    flow.heading("Proof")
    for run, name in zip(runs, run_names(runs), strict=True):
        flow.pair(name, f"SHA-256 {run.run.samples_sha256 or 'not known yet'}")
