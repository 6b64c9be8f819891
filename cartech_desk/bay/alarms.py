"""Alarms of one bay: watched in the driver's thread, kept, acknowledged, heard.

The desk advises: nothing here ever sends a command to the car.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Final, TypeVar

from cartech_desk.bay.alarm_acts import AlarmActs, check_shelving
from cartech_desk.bay.alarm_book import AlarmBook
from cartech_desk.bay.alarm_conditions import (
    DeskConditions,
    LinkView,
    LinkWatch,
    lost_dyno,
    of_link,
)
from cartech_desk.bay.alarm_keeper import AlarmKeeper
from cartech_desk.bay.alarm_occurrence import VehicleAtHand, rank
from cartech_desk.bay.alarm_pages import Marks
from cartech_desk.bay.alarm_shelves import Shelves, coming_back
from cartech_desk.bay.alarm_status import AlarmsSnapshot
from cartech_desk.bay.alarm_surroundings import Clocks, Surroundings
from cartech_desk.bay.annunciator import Annunciator, Speaker
from cartech_desk.bay.limits_elsewhere import LimitsElsewhere
from cartech_desk.bay.watched_limits import WatchedLimits
from cartech_desk.domain.alarms.limit import Level
from cartech_desk.domain.alarms.state import AlarmRefused
from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.people import Act, Actor, require
from cartech_desk.store.errors import NotKept
from cartech_desk.store.store import Store

TICK_S: Final = 0.05
"""How often it is looked for what has not come."""
TRY_AGAIN_NS: Final = 1_000_000_000
HEARD_NS: Final = 2_000_000_000
"""Without a car connected, instruments are watched as long as their readings are no older."""
_JOIN_S: Final = 0.5

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Alarms:
    """The alarms of one bay. Public methods may be called from any thread and never block.

    Nothing is watched before `use_vehicle` was called for the first time.

    Acts end their Future once they are durable, audit record included. Errors in the Future:
    NotSignedIn, RightMissing, AlarmRefused, NotKept for an alarm that is gone, StoreError.
    """

    def __init__(
        self,
        store: Store,
        around: Surroundings | None = None,
        *,
        speaker: Speaker | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        """`speaker` makes them heard, None for a desk without a voice."""
        self._store = store
        self._around = around or Surroundings()
        self._clocks = clocks or Clocks()
        self._speaker = speaker
        self._lock = threading.Lock()
        self._keeper = AlarmKeeper(store.alarms)
        marks = Marks(self._around.mark, self._around.extend, lambda: self._around.recording().id)
        self._book = AlarmBook(self._keeper, marks, self._clocks)
        self._shelves = Shelves(store.alarms, self._clocks)
        self._acts = AlarmActs(
            self._book,
            self._lock,
            store.alarms,
            self._clocks,
            shelves=self._shelves,
            pages=self._keeper,
        )
        self._link = LinkWatch()
        self._conditions = DeskConditions()
        self._view = LinkView()
        self._away = False
        self._left_ns = 0
        """When a person let go of the car; 0 before."""
        self._heard_ns = 0
        self._car_heard = self._around.heard or (lambda: self._heard_ns)
        self._watched = WatchedLimits()
        self._elsewhere = LimitsElsewhere(store.limits.state)
        self._annunciator = Annunciator()
        self._wanted: str | None = None
        self._unread_ns = 0
        """When the limits could not be read; 0 where they were."""
        self._unread = ""
        self._fault = ""
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the threads."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._keeper.start()
        self._keeper.ask(self._settle_last_run, after_pages=False)
        self._keeper.ask(self._load, after_pages=False)
        if self._speaker is not None:
            self._speaker.start()
        self._thread = threading.Thread(target=self._work, name="limit watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the threads within a second; what stands is settled in the history."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping.set()
        thread.join(_JOIN_S)
        if self._speaker is not None:
            self._speaker.stop()
        self._keeper.ask(self._settle_mine)
        self._keeper.stop()

    # What comes in

    def take(self, batch: Sequence[Reading]) -> None:
        """Take in a batch of raw readings, in the thread that read it; never waits."""
        if not batch:
            return
        with self._lock:
            first = batch[0]
            if self._away and first.t_ns <= self._left_ns:
                return  # of a wire that was slow to let go
            if first.quality != Quality.STALE:
                self._heard_ns = first.t_ns
                self._link.hear(self._car_heard())
            self._book.take(batch)

    def expect(self, asked: Mapping[Channel, float]) -> None:
        """Say which channels are asked for, and how often [Hz]."""
        with self._lock:
            self._book.expect(asked, self._clocks.monotonic_ns())
            self._watched.ask(self._book.asked)

    def use_operator(self, operator: Actor) -> None:
        """Say who runs the bay: alarms carry this name."""
        with self._lock:
            self._book.operator = operator

    def use_vehicle(self, vehicle_id: str) -> None:
        """Put this vehicle's limits in force (empty: those that suit any car)."""
        self._wanted = vehicle_id
        self._keeper.ask(self._load, after_pages=False)

    def limits_changed(self) -> None:
        """Read the limits in force anew; whoever changed them in the store calls this."""
        self._keeper.ask(self._load, after_pages=False)

    # What is told

    def snapshot(self) -> AlarmsSnapshot:
        """Return one consistent picture, cheap enough for ten a second."""
        now_ns, now = self._clocks.monotonic_ns(), self._clocks.utc()
        with self._lock:
            standing = [one.standing(now_ns, now) for one in self._book.occurrences]
            limits, vehicle = self._book.limits, self._book.vehicle
            armed, unwatched = self._watched.told(
                standing, watching=self._watching(now_ns), met=self._view.met
            )
            silent_until_ns = self._annunciator.silent_until_ns
            sounding = self._annunciator.sounding
        standing.sort(key=rank)
        speaker = self._speaker
        return AlarmsSnapshot(
            standing=tuple(standing),
            limits=limits,
            armed=armed,
            unwatched=unwatched,
            vehicle_id=vehicle.id,
            profile=vehicle.profile,
            silent_until_ns=silent_until_ns if silent_until_ns > now_ns else 0,
            sounding=sounding,
            sound_problem=speaker.problem if speaker is not None else "",
            problem=" ".join(filter(None, (self._fault, self._keeper.problem, self._unread))),
        )

    # What people do

    def acknowledge(self, alarm_id: str, by: Actor) -> Future[None]:
        """Acknowledge one alarm, also one of an earlier run of the desk that nobody did."""
        asked = (self._acts.asked(alarm_id),)

        def act() -> None:
            self._acts.acknowledge(asked, by, named=True)

        return self._act(by, Act.ACKNOWLEDGE, act)

    def acknowledge_all(self, by: Actor) -> Future[int]:
        """Acknowledge every announced alarm that asks for it; ends with how many they were."""
        asked = self._acts.all_asking()

        def act() -> int:
            return self._acts.acknowledge(asked, by, named=False)

        return self._act(by, Act.ACKNOWLEDGE, act)

    def clear(self, alarm_id: str, by: Actor, reason: str = "") -> Future[None]:
        """Clear a latched alarm."""
        asked = self._acts.asked(alarm_id)
        return self._act(by, Act.ACKNOWLEDGE, lambda: self._acts.clear(asked, by, reason))

    def shelve(self, alarm_id: str, seconds: float, reason: str, by: Actor) -> Future[None]:
        """Put an alarm aside for a time; a reason is required, the longest time is the role's."""
        asked = self._acts.asked(alarm_id)

        def act() -> None:
            check_shelving(seconds, reason, by)
            self._acts.shelve(asked, seconds, reason.strip(), by)

        return self._act(by, Act.SHELVE, act)

    def shelve_limit(self, limit_key: str, seconds: float, reason: str, by: Actor) -> Future[None]:
        """Put the alarm of a limit of the vehicle at hand aside before it comes."""
        vehicle_id = self._acts.vehicle_id()

        def act() -> None:
            check_shelving(seconds, reason, by)
            self._acts.shelve_limit(limit_key, vehicle_id, seconds, reason.strip(), by)

        return self._act(by, Act.SHELVE, act)

    def unshelve(self, alarm_id: str, by: Actor) -> Future[None]:
        """Take an alarm back from the shelf."""
        return self._act(by, Act.SHELVE, lambda: self._acts.unshelve(alarm_id, by))

    def silence(self, seconds: float = 120.0) -> None:
        """Silence the sound for a time; it comes back by itself, and at once for a new alarm."""
        with self._lock:
            self._annunciator.silence(self._clocks.monotonic_ns(), seconds)

    def _act(self, by: Actor, act: Act, do: Callable[[], T]) -> Future[T]:
        try:
            require(by, act)
        except CarTechError as error:
            refused: Future[T] = Future()
            refused.set_exception(error)
            return refused
        return self._keeper.ask(do)

    # The keeper's thread

    def _settle_last_run(self) -> None:
        """End in the history what still stood when the desk was closed or killed."""
        if self._store.alarms.watch_alone():
            self._store.alarms.settle(self._clocks.utc())

    def _settle_mine(self) -> None:
        with self._lock:
            mine = [one.id for one in self._book.occurrences if one.told]
        if mine:
            self._store.alarms.settle(self._clocks.utc(), mine)

    def _load(self) -> None:
        """Put the limits of the vehicle in force, and on the shelf what is there for it."""
        vehicle_id = self._wanted
        if vehicle_id is None:
            return
        self._elsewhere.seen(vehicle_id)
        try:
            self._use(vehicle_id)
            self._unread, self._unread_ns = "", 0
        except Exception as error:  # whatever it is: limits that are not in force have to be told
            expected = isinstance(error, CarTechError)
            if not self._unread:
                trace = None if expected else error
                _log.warning("limits could not be put in force: %r", error, exc_info=trace)
            self._unread = error.message if isinstance(error, CarTechError) else _fault_in(error)
            self._unread_ns = self._clocks.monotonic_ns()

    def _look_elsewhere(self) -> None:
        """Put in force what another process changed."""
        if self._wanted is not None and self._elsewhere.changed(self._wanted):
            self._load()

    def _use(self, vehicle_id: str) -> None:
        limits = tuple(self._store.limits.in_force(vehicle_id))
        vehicle = self._vehicle(vehicle_id)
        with self._lock:
            self._book.use(vehicle, limits, self._clocks.monotonic_ns())
            self._watched.use(limits)
            rates_hz = self._watched.rates_hz()
        self._around.poll(rates_hz)
        self._put_back(vehicle_id)

    def _put_back(self, vehicle_id: str) -> None:
        """Put on the shelf what lies there for a vehicle; nothing where that cannot be read."""
        try:
            shelves = tuple(self._shelves.look(vehicle_id))
        except Exception:
            _log.exception("what is on the shelf cannot be read: all its alarms are watched")
            return
        for shelf, until_ns, over in shelves:
            try:
                with self._lock:
                    if not over:
                        self._book.put_back(shelf, until_ns, self._clocks.monotonic_ns())
                    elif not self._book.lies(shelf.key):  # else it is taken back by itself
                        self._keeper.off_the_shelf(vehicle_id, shelf.key, coming_back(shelf, over))
            except AlarmRefused:
                _log.info(
                    "%s is not put on the shelf: out of service, or its time is over", shelf.key
                )

    def _vehicle(self, vehicle_id: str) -> VehicleAtHand:
        """Return the vehicle with its name and its profile, as far as they can be read."""
        name = profile = ""
        try:
            profile = self._store.limits.profile_of(vehicle_id)
            name = self._store.vehicles.get(vehicle_id).name if vehicle_id else ""
        except NotKept:
            pass  # of a vehicle that was removed
        except Exception:
            _log.exception("the name or the profile of the vehicle at hand cannot be read")
        return VehicleAtHand(vehicle_id, name, profile)

    # The thread of the limit watch

    def _work(self) -> None:
        while not self._stopping.wait(TICK_S):
            try:
                self.tick()
                self._fault = ""
            except Exception as error:
                if not self._fault:
                    _log.exception("the limit watch failed")
                self._fault = f"The limit watch fails and may miss alarms ({error!r})."
                self._sound_fault()

    def _sound_fault(self) -> None:
        """Sound as for a trip: what stands, nobody can tell now."""
        speaker, annunciator = self._speaker, self._annunciator
        annunciator.sounding = Level.TRIP
        if speaker is not None:
            silent = self._clocks.monotonic_ns() < annunciator.silent_until_ns
            speaker.sound(Level.NONE if silent else Level.TRIP)

    def tick(self) -> None:
        """Notice what has not come, and what is wrong with the desk itself."""
        around, now_ns = self._around, self._clocks.monotonic_ns()
        connection, status = around.connection(), around.link(now_ns)
        recording, failures = around.recording(), around.problems()
        heard_ns = self._car_heard()
        dyno = lost_dyno(around.dyno())
        with self._lock:
            view = self._view = self._link.look(
                connection, status, heard_ns, self._watched.fastest_hz, now_ns
            )
            if view.repaced:
                self._book.settle(now_ns)
            if view.left:
                self._book.leave(now_ns)
                self._away, self._left_ns = True, now_ns
            if view.met:
                self._away = False
            self._book.listen(now_ns, on=view.listen)
            self._book.hold(on=view.doubted, pauses=view.pauses)
            self._book.tick(now_ns)
            for each in (*of_link(view, self._watched.armed), dyno):
                self._book.desk(each.what, each.about, each.level, now_ns)
            problems = " ".join(filter(None, (self._fault, *failures.values())))
            for each in self._conditions.look(
                recording, problems, self._keeper.problem, self._unread, now_ns
            ):
                self._book.desk(each.what, each.about, each.level, now_ns)
            announced = [
                one.standing(now_ns, one.raised) for one in self._book.occurrences if one.told
            ]
            level = self._annunciator.hear(announced, now_ns)
        if self._speaker is not None:
            self._speaker.sound(level)
        if self._unread_ns and now_ns - self._unread_ns >= TRY_AGAIN_NS:
            self._unread_ns = now_ns
            self._keeper.ask(self._load, after_pages=False)
        elif self._elsewhere.due(now_ns):
            self._keeper.ask(self._look_elsewhere, after_pages=False)

    def _watching(self, now_ns: int) -> bool:
        if self._view.met:
            return self._view.listen and not self._view.silent_ns
        heard_ns = self._heard_ns
        return heard_ns > self._left_ns and now_ns - heard_ns < HEARD_NS


def _fault_in(error: Exception) -> str:
    return f"A fault of the desk ({error!r}) keeps the limits from being read. Look into the log."
