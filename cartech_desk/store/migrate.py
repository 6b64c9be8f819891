"""Bringing an older file to this version: a backup copy, then every step in one transaction."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import Script
from alembic.script.revision import RevisionMap
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from cartech_desk.store.database import connect
from cartech_desk.store.errors import MigrationFailed, StoreError
from cartech_desk.store.faults import disk_full, fault
from cartech_desk.store.own_files import make_file
from cartech_desk.store.schema import Plan, version_text

if TYPE_CHECKING:
    from types import ModuleType


def migrate(path: Path, plan: Plan, number: int) -> Path:
    """Bring `path` from version `number` to the plan's; return the backup copy.

    Errors: MigrationFailed, DiskFull, DatabaseLocked; the file is then as it was.
    """
    backup: Path | None = None
    with closing(connect(path)) as driver:
        driver.execute("PRAGMA foreign_keys = OFF")  # tables may be made anew; checked at the end
        engine = create_engine("sqlite+pysqlite://", creator=lambda: driver, poolclass=StaticPool)
        try:
            with engine.connect() as connection, connection.begin():
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                # Under the writer's lock nobody comes between the copy and the first step.
                backup = _back_up(path, number)
                _run_steps(connection, plan)
        except StoreError:
            raise
        except Exception as error:
            told = fault(getattr(error, "orig", None) or error, path)
            raise told or _failed(path, plan, number, backup, error) from error
    return backup


def _back_up(path: Path, number: int) -> Path:
    if shutil.disk_usage(path.parent).free < 2 * path.stat().st_size:
        raise disk_full(path)
    backup = path.with_name(f"{path.stem}-{version_text(number)}-backup{path.suffix}")
    unfinished = backup.with_name(backup.name + ".part")
    try:
        unfinished.unlink(missing_ok=True)
        make_file(unfinished)
        with (
            closing(connect(path, read_only=True)) as source,
            closing(sqlite3.connect(unfinished)) as copy,
        ):
            source.backup(copy)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(backup)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        told = fault(error, backup)
        raise told or StoreError(
            f"No backup copy of {path} could be made: {error}.",
            kept="The file was not touched.",
            to_do="Check the space and the rights in its folder and start again.",
        ) from error
    return backup


def _run_steps(connection: Connection, plan: Plan) -> None:
    """Run the steps that the file lacks inside the connection's open transaction."""
    scripts = [
        Script(cast("ModuleType", step), step.revision, step.revision) for step in plan.steps
    ]
    revisions = RevisionMap(lambda: scripts)

    def pending(current: str | tuple[str, ...], _context: MigrationContext) -> list[MigrationStep]:
        above = list(revisions.iterate_revisions("heads", current))
        return [
            MigrationStep.upgrade_from_script(revisions, cast("Script", script))
            for script in reversed(above)
        ]

    context = MigrationContext.configure(connection, opts={"fn": pending})
    with Operations.context(context):
        context.run_migrations()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise ValueError(f"{len(broken)} rows point to rows that are gone")
    connection.exec_driver_sql(f"PRAGMA user_version = {plan.number:d}")


def _failed(
    path: Path, plan: Plan, number: int, backup: Path | None, error: BaseException
) -> MigrationFailed:
    return MigrationFailed(
        f"{path} could not be brought from format {version_text(number)} to "
        f"{version_text(plan.number)}: {error}",
        kept="It is as it was." + (f" A copy of it lies in {backup}." if backup else ""),
        to_do="Go on with the version of the desk that you had, and send us this message.",
    )
