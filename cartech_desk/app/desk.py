"""Builds a desk out of the rooms: settings, what is remembered, one office, one bay."""

import argparse
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cartech_desk.app.daily_copy import DailyCopy
from cartech_desk.app.log import start_log
from cartech_desk.app.mail_post import MailPost
from cartech_desk.app.office_watch import AuditCheck, PersonWatch
from cartech_desk.app.output import say
from cartech_desk.app.paths import (
    data_folder,
    demo_folder,
    keys_folder,
    log_folder,
    of_the_demo,
    settings_file,
)
from cartech_desk.app.settings import SettingsFile
from cartech_desk.app.upkeep import Upkeep, troubles_of
from cartech_desk.bay.bay import Bay
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.shop_rules import DEMO_SENDS_NONE, ShopRules
from cartech_desk.hardware.sounder import Sounder
from cartech_desk.office import demo_people
from cartech_desk.office.audit_book import AuditBook
from cartech_desk.office.office import Office
from cartech_desk.office.passwords import COST
from cartech_desk.office.people import People
from cartech_desk.office.session import Session
from cartech_desk.store.backup_pending import undecided, untold
from cartech_desk.store.store import Store

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counter:
    """A desk without its bay: what commands need that touch no car."""

    settings: SettingsFile
    store: Store
    office: Office
    data_dir: Path
    demo: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk at work."""

    settings: SettingsFile
    store: Store
    bay: Bay
    office: Office
    data_dir: Path
    demo: bool
    troubles: Callable[[], Mapping[str, CarTechError]] = dict
    """Says by its name what goes wrong in what the desk does by itself. Quick."""


@contextmanager
def open_counter(
    args: argparse.Namespace, *, demo: bool = False, forgiving: bool = False
) -> Iterator[Counter]:
    """Open what is remembered and the office, without a bay; closed at the end.

    `args` holds `data` and `settings` (paths or None); `demo` keeps everything apart from the
    shop's own records; `forgiving` begins with default settings where the file cannot be used
    (`settings.problem` then says so). Errors: SettingsError, FolderRefused, StoreError.
    """
    folder = demo_folder(args.data) if demo else data_folder(args.data)
    _go_on_restoring(folder)
    settings = SettingsFile(settings_file(args.settings), forgiving=forgiving)
    start_log(log_folder(folder))
    # The demo keeps its key beside its own records and out of the person's keyring.
    keys = None if demo else keys_folder(settings.path)
    notice = of_the_demo(folder, keys)
    if notice:
        say(notice)
    store = Store(folder, keys)
    try:
        session = Session()
        people = People(store, session, cost=demo_people.COST if demo else COST)

        def rules() -> ShopRules:
            shop = people.shop()
            # Settings are replaced whole when they are saved.
            now = settings.values.shop_rules(shop.currency if shop else "EUR")
            # Those who read the shop's calendar file must not see the demo's appointments.
            if not demo:
                return now
            return replace(
                now,
                subscription="",
                tax_bp=now.tax_bp or demo_people.TAX_BP,
                holidays_of=now.holidays_of or demo_people.HOLIDAYS_OF,
                unsent=DEMO_SENDS_NONE,
            )

        office = Office(session, people, AuditBook(store), store, rules)
        if untold(folder):
            _tell_of_restore(office)
        if demo:
            demo_people.open_demo(people)
        yield Counter(settings, store, office, folder, demo)
    finally:
        store.close()


@contextmanager
def open_desk(
    args: argparse.Namespace,
    *,
    demo: bool = False,
    forgiving: bool = False,
    heard: bool = False,
) -> Iterator[Desk]:
    """Open the whole desk that the command line asks for; it is stopped and closed at the end.

    `heard` gives its alarms a voice; arguments and errors else are those of `open_counter`.
    """
    with open_counter(args, demo=demo, forgiving=forgiving) as counter:
        settings, store, office = counter.settings, counter.store, counter.office
        bay = Bay(store, settings.values.bay_settings(), sounder=Sounder() if heard else None)
        office.session.listen(lambda now: bay.use_operator(now.person))
        bay.use_operator(office.session.operator)
        upkeep: list[Upkeep] = [AuditCheck(office), PersonWatch(office)]
        if not demo:
            upkeep += [DailyCopy(office, settings), MailPost(office, settings)]
        bay.start()
        for one in upkeep:
            one.start()
        try:
            yield Desk(
                settings,
                store,
                bay,
                office,
                counter.data_dir,
                demo,
                lambda: troubles_of(upkeep),
            )
        finally:
            for one in reversed(upkeep):
                one.stop()
            _stop(bay)


def _go_on_restoring(folder: Path) -> None:
    """Go on with a restore that was broken off, before anything is opened."""
    if undecided(folder):
        return
    from cartech_desk.store.backup_swap import finish

    finish(folder)


def _tell_of_restore(office: Office) -> None:
    """Let the audit log know of a restore; where it cannot yet, the next start tries again."""
    try:
        office.backups.settle()
    except CarTechError as error:
        _LOG.warning("the audit log could not be told of a restore: %s", error)


def _stop(bay: Bay) -> None:
    """Stop the bay; say what could not be written any more of a recording or run under way."""
    before = bay.snapshot()
    bay.stop()
    after = bay.snapshot()
    lost = [
        after.recording.problem if before.recording.id else "",
        after.dyno.problem if before.dyno.run_id else "",
    ]
    if any(lost) and sys.stderr is not None:  # a window without a console has none
        say(" ".join(filter(None, lost)))
