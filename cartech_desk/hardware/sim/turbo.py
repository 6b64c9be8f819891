"""The turbocharger: turbine speed as a state, wastegate, charge cooler, recirculation valve."""

import math

from cartech_desk.hardware.sim.car_data import TurboData
from cartech_desk.hardware.sim.curves import Curve, lag
from cartech_desk.hardware.sim.state import State

AIR_JKGK = 1005.0
EXHAUST_JKGK = 1148.0
RECIRCULATED_KGS = 0.03
"""Air that the open recirculation valve takes back at 100,000 turns a minute."""
BEARING_WS2 = 8e-7
REACHES_ACTUATOR = 0.74
"""How much of the boost a leaking hose leaves to the wastegate's actuator."""
FULL_RATIO = 2.4
"""Pressure ratio of the compressor at full speed."""


class Turbo:
    """Compressor and turbine on one shaft, its power balance integrated.

    The pressure ratio grows with the square of the speed; the turbine's power comes from the
    exhaust that the wastegate leaves it (Heywood, ch. 6.8).
    """

    def __init__(self, data: TurboData, state: State, faults: set[str]) -> None:
        self._data = data
        self._state = state
        self._faults = faults
        self._target = Curve(data.target_rpm, data.target_gauge_kpa)
        self._open = 0.0

    def target_kpa(self, rpm: float) -> float:
        """Charge pressure (absolute) that the wastegate controller allows at full load."""
        return self._state.barometer_kpa + self._target(rpm)

    def step(self, dt_s: float) -> None:
        """Advance the shaft, the wastegate and the pressure and temperature of the charge."""
        state, data = self._state, self._data
        ratio = 1.0 + (FULL_RATIO - 1.0) * (state.turbo_krpm / data.full_speed_krpm) ** 2
        flow = max(state.maf_gps, 0.0) / 1e3
        self._control(ratio, dt_s)
        ambient_k = state.ambient_c + 273.15
        rise_k = ambient_k * (ratio ** (2 / 7) - 1.0) / data.compressor_efficiency
        blown_off = RECIRCULATED_KGS * self._recirculating() * state.turbo_krpm / 100.0
        compressor_w = (flow + blown_off) * AIR_JKGK * rise_k
        turbine_w = self._turbine_w(flow * (1.0 + state.fuel_gps / max(state.maf_gps, 1.0)))
        omega = state.turbo_krpm * 1e3 / 60 * 2 * math.pi
        bearing_w = BEARING_WS2 * omega**2
        energy = 0.5 * data.inertia_kgm2 * omega**2
        energy += (turbine_w - compressor_w - bearing_w) * dt_s
        # A turbine never quite stands still while exhaust flows through it.
        least = 4.0 + 90.0 * flow if state.rpm > 200 else 0.0
        omega = math.sqrt(max(2.0 * energy / data.inertia_kgm2, 0.0))
        state.turbo_krpm = min(max(omega * 60 / (2 * math.pi) / 1e3, least), 240.0)
        self._deliver(ratio, rise_k, dt_s)

    def _control(self, ratio: float, dt_s: float) -> None:
        """Open the wastegate as far as the boost overshoots its target."""
        state = self._state
        wanted = 0.25 + 0.75 * min(state.pedal_pct / 85.0, 1.0)
        state.charge_target_kpa = state.barometer_kpa + wanted * self._target(state.rpm)
        felt = REACHES_ACTUATOR if "wastegate_hose" in self._faults else 1.0
        felt_kpa = state.barometer_kpa * (1.0 + felt * (ratio - 1.0))
        error = (felt_kpa - state.charge_target_kpa) / 100.0
        if "boost_leak" in self._faults:
            error = (state.charge_kpa - state.charge_target_kpa) / 100.0
        self._open = min(max(self._open + 6.0 * error * dt_s, 0.0), 1.0)
        opening = min(max(self._open + 2.2 * error, 0.0), 1.0)
        state.wastegate_pct = lag(state.wastegate_pct, 100.0 * opening, 0.06, dt_s)

    def _recirculating(self) -> float:
        """How far the recirculation valve is open: on a throttle that is all but closed."""
        return 1.0 - min(max((self._state.throttle_pct - 4.0) / 7.0, 0.0), 1.0)

    def _turbine_w(self, flow: float) -> float:
        state, data = self._state, self._data
        through = flow * (1.0 - 0.82 * state.wastegate_pct / 100.0)
        exhaust_k = state.exhaust_c + 273.15
        expansion = 1.0 + data.turbine_restriction * through**2 * exhaust_k / 1100.0
        drop = 1.0 - math.pow(expansion, -0.25)
        return data.turbine_efficiency * through * EXHAUST_JKGK * exhaust_k * drop

    def _deliver(self, ratio: float, rise_k: float, dt_s: float) -> None:
        state, data = self._state, self._data
        kept = 0.42 if "boost_leak" in self._faults else 1.0
        gauge = (ratio - 1.0) * state.barometer_kpa * kept
        gauge *= 1.0 - 0.95 * self._recirculating()
        intake_loss = 1.2 * (state.maf_gps / 100.0) ** 2
        state.charge_kpa = lag(
            state.charge_kpa, state.barometer_kpa + gauge - intake_loss, 0.06, dt_s
        )
        still = math.exp(-state.maf_gps / 9.0 - state.speed_kmh / 45.0)
        under_bonnet = 26.0 * still * min(state.coolant_c / 90.0, 1.1)
        cooled_c = state.ambient_c + 3.0 + rise_k * (1.0 - data.cooler_effectiveness)
        state.intake_c = lag(state.intake_c, cooled_c + max(under_bonnet, 0.0), 4.0, dt_s)
