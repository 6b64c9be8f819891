"""Buses before CAN: everybody hears a request, and one ECU's answer counts."""

from cartech_desk.bay.connection import Connection
from cartech_desk.bay.feed import Feed
from cartech_desk.bay.identification import physical
from cartech_desk.bay.pace import Pace
from cartech_desk.bay.poller import Poller
from cartech_desk.bay.scheduler import Scheduler
from cartech_desk.bay.watch import Watch
from cartech_desk.bay.wire import Wire
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.sources import build_catalogue
from cartech_desk.hardware.adapter import Adapter, AdapterIdentity, Answer, CarLink, Reply

ENGINE, GEARBOX = 0x10, 0x18
LINK = CarLink("ISO 9141-2", False, (ENGINE, GEARBOX))


class BothAnswer(Adapter):
    """Each request is answered by both ECUs; the engine's answer is garbled every third time."""

    asked = 0

    def _open(self):
        return AdapterIdentity("scripted", "")

    def _connect_car(self):
        return LINK

    def _close(self):
        pass

    def _request(self, request):
        self.asked += 1
        t_ns = monotonic_ns()
        engine = Answer(ENGINE, b"\x41\x05\x7b", t_ns)
        gearbox = Answer(GEARBOX, b"\x41\x05\x50", t_ns)
        if self.asked % 3 == 0:
            return Reply(request, (gearbox,), (), ("7B..: checksum",))
        return Reply(request, (engine, gearbox))


def test_the_value_of_one_ecu_is_never_that_of_another(until):
    catalogue = build_catalogue({ENGINE: frozenset({0x05}), GEARBOX: frozenset({0x05})})
    feed = Feed(ring_s=10, stale_after_s=2)
    watch = Watch(lambda plan: feed.declare(plan.asked, plan.catalogue))
    watch.set_car(catalogue, adapter_voltage=False)
    watch.set_rates({"temp": 100.0})
    pace = Pace(0, 500)
    scheduler = Scheduler(pace, physical(LINK, ENGINE), packing=False, now_ns=monotonic_ns())
    with BothAnswer("elm327:x", "both answer") as adapter:
        poller = Poller(Wire(adapter, pace, Connection("")), scheduler, watch, feed, ENGINE)

        def enough():
            poller.step()
            return adapter.asked >= 12

        until(enough)
        poller.flush()
    assert catalogue.sources["temp"].command.address == physical(LINK, ENGINE)
    assert set(feed.series("temp", 0).values) == {83.0}
