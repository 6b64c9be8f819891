"""The control units of a scan: names, calibrations, and what each told of its codes."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from cartech_desk.domain.faults.found import (
    EVERYBODY,
    Answered,
    CodeStatus,
    EcuFound,
    FaultScan,
)
from cartech_desk.ui.models.fault_words import OTHERS
from cartech_desk.ui.models.value_scale import DASH
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.fault_table import Cell, FaultTable
from cartech_desk.ui.words import wire_name

_COLUMNS = (
    "Control unit",
    "Address",
    "Engine lamp",
    "Stored",
    "Pending",
    "Permanent",
    "Calibrations",
    "CVN",
)
_WIDTHS = (165, 80, 116, 116, 116, 116, 297, 160)
_NOT_TOLD = (State.WARNING, "not known")
_NONE_KEPT = (State.OUT_OF_SERVICE, "no list")


class FaultUnits(QWidget):
    """A row for each control unit, and how the car was reached."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.link = QLabel()
        self.link.setProperty("role", "muted")
        self.link.setWordWrap(True)
        self.table = FaultTable("Control units", _COLUMNS, _WIDTHS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.link)
        column.addWidget(self.table, 1)

    def show_scan(self, scan: FaultScan) -> None:
        """Show this scan's."""
        volts = f", {scan.voltage:.1f} V at the adapter" if scan.voltage is not None else ""
        dialect = ", OBD on UDS" if scan.uds else ""
        asked = f" {scan.requests} requests in {scan.seconds:.1f} s." if scan.requests else ""
        self.link.setText(
            f"{scan.adapter or wire_name(scan.url)}, {scan.protocol}{dialect}{volts}.{asked}"
        )
        found = (*scan.codes_told, *scan.codes, *scan.lamps)
        addresses = dict.fromkeys((*(e.address for e in scan.ecus), *(one.ecu for one in found)))
        self.table.show_rows([self._row(scan, address) for address in addresses])

    @staticmethod
    def _row(scan: FaultScan, address: int) -> list[Cell]:
        # One that answered without saying who it is stands here too.
        ecu = next((one for one in scan.ecus if one.address == address), EcuFound(address))
        lamp = next((one for one in scan.lamps if one.ecu == address), None)
        lit: Cell = _NOT_TOLD
        if lamp is not None:
            lit = (State.WARNING, "lit") if lamp.on else (State.OFF, "off")
        cells: list[Cell] = [ecu.name or DASH, f"{address:X}", lit]
        if address in EVERYBODY:
            cells = [OTHERS, DASH, lit]
        for kind in CodeStatus:
            told = next(
                (one for one in scan.codes_told if (one.ecu, one.kind) == (address, kind)), None
            )
            number = sum(one.ecu == address and kind in one.status for one in scan.codes)
            if told is None or told.answered is Answered.UNKNOWN:
                cells.append(_NOT_TOLD)
            elif told.answered is Answered.UNSUPPORTED:
                cells.append(_NONE_KEPT)
            else:
                state = State.WARNING if number else State.CONNECTED
                cells.append((state, str(number) if number else "none"))
        return [*cells, ", ".join(ecu.calibration_ids) or DASH, ", ".join(ecu.cvns) or DASH]
