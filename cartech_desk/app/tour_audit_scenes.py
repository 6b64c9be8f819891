"""Scenes of the tour within the Audit log page: read, verified, found broken."""

from dataclasses import replace

from cartech_desk.app.tour_stage import Stage


def audit(stage: Stage) -> None:
    """Read the log, with a record chosen whose before and after differ."""
    stage.sign_in()
    stage.window.open_page("audit")
    page = stage.window.page
    stage.wait("the audit log", lambda: bool(page.table.rows))
    for row, record in enumerate(page.table.rows):
        if record.before and record.after:
            page.view.selectRow(row)
            break
    stage.play(0.3)


def audit_verified(stage: Stage) -> None:
    """Verify it."""
    page = stage.window.page
    page.verify()
    stage.wait("the verification", page.verify_button.isEnabled)
    stage.play(0.3)


def audit_broken(stage: Stage) -> None:
    """Show what a log looks like in which somebody changed a record."""
    book, page = stage.desk.office.audit, stage.window.page
    whole = book.last_verdict
    number = max(1, whole.records // 2)
    broken = replace(
        whole,
        ok=False,
        first_bad_sequence=number,
        problem=f"Record {number} was changed: its hash does not fit its words.",
    )
    page.show_verdict(broken)
    page.open_broken()
    stage.wait("the record", lambda: bool(page.detail.record))
    stage.play(0.5)


def audit_whole_again(stage: Stage) -> None:
    """Take the made-up verdict back; the scenes after this one show the true one."""
    stage.window.page.show_verdict(None)
