"""Connections to the scripted car by desks that remember what they met."""

from dataclasses import replace

from cartech_desk.bay.bay import Bay, BaySettings
from cartech_desk.domain.obd.address import FUNCTIONAL

URL = "elm327:/dev/scripted"
VIN, OTHER_VIN = "WVWZZZ1KZ6W000001", "WVWZZZ1KZ6W999999"
ENGINE, GEARBOX = 0x7E8, 0x7E9
CAN_11 = "ISO 15765-4 CAN, 11 bit, 500 kbit/s"
CALIBRATIONS = b"\x09\x04"
CALIBRATION = b"\x49\x04\x01" + b"8P0907115H  0020"
OTHER_CALIBRATION = b"\x49\x04\x01" + b"8P0907115H  0030"


def with_two_tellers(car):
    """Let the gearbox of the scripted car tell of itself too."""
    car.others[GEARBOX, b"\x09\x00"] = b"\x49\x00\x10\x00\x00\x00"
    car.others[GEARBOX, CALIBRATIONS] = b"\x49\x04\x01" + b"0AM300049D  1205"
    return car


def telling(car, url):
    """Make the scripted adapter, telling first lists and taking findings as the drivers do."""
    adapter = car.adapter(url)
    bare = type(adapter)._connect_car

    class Telling(type(adapter)):
        protocol = CAN_11
        given = None

        def _connect_car(self):
            link = bare(self)
            told = {
                ecu: answer[2:6]
                for ecu, answer in self.script.answers(FUNCTIONAL, b"\x01\x00")
                if ecu in link.ecus
            }
            return replace(link, protocol=self.protocol, first_bitmaps=told)

        def _findings(self):
            return {"protocol": self.protocol}

        def _use_findings(self, findings):
            self.given = dict(findings)

    adapter.__class__ = Telling
    return adapter


def make_connected(car, store):
    """Return what connects with a bay made anew, as after a start of the desk, and ends it."""

    class Connected:
        def __init__(self, *, url=URL, adapter=None, anew=False, task=None):
            made = []

            def make(wanted):
                made.append(telling(car, wanted))
                if adapter is not None:
                    adapter(made[-1])
                return made[-1]

            bay = Bay(store, BaySettings(max_requests_per_s=500), adapters=make)
            bay.start()
            before = len(car.requests)
            try:
                self.status = bay.connect(url, anew=anew).result(20)
                self.found = bay._owner._car.found
                self.asked = [request.payload for _, request in car.requests[before:]]
                self.channels = {channel.name for channel in bay.available()}
                self.given = made[0].given
                if task is not None:
                    self.task = bay._owner.post_for_car(task).result(20)
                    self.status = bay.snapshot().connection
            finally:
                bay._known.close(20)
                bay.stop()

    return Connected
