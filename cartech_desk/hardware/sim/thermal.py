"""Heat: exhaust and catalyst, coolant with thermostat and fan, oils."""

from cartech_desk.hardware.sim.car_data import EngineData, ThermalData
from cartech_desk.hardware.sim.curves import lag
from cartech_desk.hardware.sim.state import State

EXHAUST_TAU_S = 1.2
SENSOR_OPEN_C = -40.0
"""What an open sensor circuit reads as: the coldest value there is."""


class Thermal:
    """Temperatures of the power train, two masses (engine with coolant, oil) and lags."""

    def __init__(
        self, data: ThermalData, engine: EngineData, state: State, faults: set[str]
    ) -> None:
        self._data = data
        self._engine = engine
        self._state = state
        self._faults = faults

    def step(self, dt_s: float) -> None:
        """Advance all temperatures."""
        state, data = self._state, self._data
        fuel_w = state.fuel_gps / 1e3 * self._engine.heating_value_jkg
        self._exhaust(dt_s)
        to_oil_w = data.oil_coupling_wk * (state.coolant_c - state.oil_c)
        friction_w = state.friction_nm * state.rpm * 0.10472
        air = 0.35 + state.speed_kmh / 90.0 + (0.8 if state.coolant_c > data.fan_on_c else 0.0)
        opening = (state.coolant_c - data.thermostat_opens_c) / (
            data.thermostat_full_c - data.thermostat_opens_c
        )
        radiator_wk = data.radiator_wk * min(max(opening, 0.0), 1.0) * min(air, 2.0)
        if "coolant_pump" in self._faults:
            radiator_wk = 0.0
        lost_w = (data.block_loss_wk + radiator_wk) * (state.coolant_c - state.ambient_c)
        state.coolant_c += (data.to_coolant * fuel_w - lost_w - to_oil_w) / data.engine_jk * dt_s
        oil_w = to_oil_w + 0.5 * friction_w - 9.0 * (state.oil_c - state.ambient_c)
        state.oil_c += oil_w / data.oil_jk * dt_s
        gearbox_c = state.ambient_c + 0.62 * (state.coolant_c - state.ambient_c)
        state.gearbox_oil_c = lag(
            state.gearbox_oil_c, gearbox_c + 0.12 * state.speed_kmh, 240.0, dt_s
        )
        broken = "coolant_sensor" in self._faults
        state.coolant_sensor_c = SENSOR_OPEN_C if broken else state.coolant_c

    def _exhaust(self, dt_s: float) -> None:
        state = self._state
        if not state.running or state.fuel_cut:
            gas_c = state.ambient_c + 0.2 * (state.catalyst_c - state.ambient_c)
        else:
            rich_c = 260.0 * max(1.0 - state.lambda_commanded, 0.0)
            gas_c = 465.0 + 62.0 * state.rpm / 1e3 + 1.15 * state.map_kpa - rich_c
        state.exhaust_c = lag(state.exhaust_c, gas_c, EXHAUST_TAU_S, dt_s)
        flow = min(max(state.maf_gps, 0.6) / 25.0, 2.2)
        light_off = 55.0 if state.closed_loop and state.catalyst_c > 240.0 else 0.0
        target = state.exhaust_c - 60.0 + light_off
        state.catalyst_c = lag(
            state.catalyst_c, target, self._data.catalyst_s / (0.35 + flow), dt_s
        )
