"""A car that answers a scan by a table, and what went wrong on the way to it."""

from cartech_desk.bay.identification import Identification
from cartech_desk.bay.status import CarIdentity, EcuIdentity
from cartech_desk.hardware.adapter import Answer, CarLink, Refusal, Reply
from cartech_desk.hardware.errors import NoAnswer

ENGINE, GEARBOX = 0x7E8, 0x7E9
CAN = "ISO 15765-4 CAN, 11 bit, 500 kbit/s"
ISO = "ISO 9141-2, slow start, 10.4 kbit/s"
NO_CODES = {b"\x03": b"\x43\x00", b"\x07": b"\x47\x00", b"\x0a": b"\x4a\x00"}
STATUS = b"\x01\x01"


def told_status(count=0, lamp=False):
    return bytes((0x41, 0x01, count | (0x80 if lamp else 0), 0x07, 0xE5, 0x00))


class FaultCar:
    """`table` holds what each ECU answers to each whole request: a payload, several, or an error.

    What is not there is refused with 11, silently where everybody was asked (ISO 14229-1, 7.5.4);
    `silent` ECUs say nothing at all. `asked` are the requests made.
    """

    def __init__(self, *ecus, uds=False, protocol=CAN):
        self.ecus = ecus or (ENGINE, GEARBOX)
        self.link = CarLink(protocol, False, self.ecus, uds)
        self.table = {}
        for ecu in self.ecus:
            if uds:
                self.table[ecu, b"\x22\xf8\x10"] = b"\x62\xf8\x10\x02"
            else:
                self.table[ecu, b"\x01\x00"] = b"\x41\x00\x80\x00\x00\x00"
                self.table |= {(ecu, ask): answer for ask, answer in NO_CODES.items()}
                self.table[ecu, STATUS] = told_status()
        self.supported = {ecu: frozenset({0x01}) for ecu in self.ecus}
        self.vin = "1M8GDM9AXKP042788"
        self.silent = set()
        self.asked = []
        self.before = lambda _: None

    @property
    def found(self):
        identities = tuple(EcuIdentity(ecu, f"ECU-{ecu:X}") for ecu in self.ecus)
        return Identification(self.link, CarIdentity(self.vin, identities), self.supported)

    def ask(self, request):
        self.asked.append(request)
        self.before(request)
        wanted = request.address.expected_response
        answers, refusals, unreadable = [], [], []
        for ecu in self.ecus:
            if ecu in self.silent or wanted not in (None, ecu):
                continue
            told = self.table.get((ecu, request.payload))
            if told is None:
                if wanted is not None and ecu > 0xFF:
                    refusals.append(Refusal(ecu, request.payload[0], 0x11, 0))
                continue
            if callable(told):
                told = told(request)
            if isinstance(told, Exception):
                if wanted is not None:
                    raise told
                if not isinstance(told, NoAnswer):
                    unreadable.append(f"{ecu:X}: {told.happened}")
                continue
            for payload in told if isinstance(told, list) else [told]:
                if payload[0] == 0x7F and len(payload) < 3:
                    unreadable.append(f"{ecu:X} 7F alone")
                elif payload[0] == 0x7F:
                    refusals.append(Refusal(ecu, payload[1], payload[2], 0))
                else:
                    answers.append(Answer(ecu, payload, 0))
        if not (answers or refusals or unreadable):
            raise NoAnswer("No ECU answered.", to_do="Ignition on?")
        return Reply(request, tuple(answers), tuple(refusals), tuple(unreadable))

    def payloads(self):
        return [request.payload for request in self.asked]
