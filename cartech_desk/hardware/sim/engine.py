"""A turbo petrol engine: air, fuel, spark and torque, integrated in fixed steps.

A mean-value model (Hendricks and Sorenson, SAE 900616; Heywood, Internal Combustion Engine
Fundamentals, ch. 13): manifold and turbine speed are states, the throttle is an orifice, the
cylinders a volumetric pump, torque is the indicated work less pumping and friction.
"""

import math
import random
from typing import Final

from cartech_desk.hardware.sim.car_data import CarData
from cartech_desk.hardware.sim.curves import Curve, lag
from cartech_desk.hardware.sim.fuelling import Fuelling
from cartech_desk.hardware.sim.ignition import Ignition
from cartech_desk.hardware.sim.state import State
from cartech_desk.hardware.sim.turbo import Turbo

GAS_CONSTANT: Final = 287.05
"""Of air, J/(kg K)."""
CRITICAL_RATIO: Final = 0.528
"""Below this pressure ratio the flow through the throttle is choked (air)."""
RESIDUAL_KPA: Final = 6.0
"""Pressure that the exhaust left in the cylinder takes from the next filling."""
CHOKED_FLOW: Final = 0.6847
"""Flow function of air at choked flow (Heywood, C.9)."""


class Engine:
    """The engine; `faults` names what is wrong with it at the moment."""

    def __init__(self, data: CarData, state: State, faults: set[str], seed: int) -> None:
        self.data = data.engine
        self.faults = faults
        self._state = state
        self._random = random.Random(f"combustion {seed}")  # noqa: S311 - no secret
        self._volumetric = Curve(self.data.volumetric_rpm, self.data.volumetric)
        self._turbo = Turbo(data.turbo, state, faults)
        self._ignition = Ignition(data.ignition, state, seed)
        self._fuelling = Fuelling(data.engine, state, faults, seed)
        self._idle_air = 0.0
        self._cycle = 0.0

    def step(self, dt_s: float) -> float:
        """Advance the air path and the combustion; return the torque at the flywheel in Nm."""
        state = self._state
        self._move_throttle(dt_s)
        self._turbo.step(dt_s)
        self._breathe(dt_s)
        if not state.running:
            self._fuelling.rest(dt_s)
            self._ignition.rest()
            state.torque_nm = self._starter_nm() - self._drag_nm()
            state.demand_nm = 0.0
            state.ignitions = 0
            state.misfires = 0
            return state.torque_nm
        idle_rpm = self.idle_target_rpm()
        self._ignition.step(dt_s, idle_rpm if self._idling() else None)
        self._fuelling.step(dt_s)
        state.torque_nm = self._torque_nm(dt_s)
        return state.torque_nm

    def idle_target_rpm(self) -> float:
        """Idle speed that the controller aims at, raised while the engine is cold."""
        cold = min(max((60.0 - self._state.coolant_c) / 45.0, 0.0), 1.0)
        return self.data.idle_rpm + cold * (self.data.cold_idle_rpm - self.data.idle_rpm)

    def full_charge_g(self) -> float:
        """Air for one cycle at full throttle and target boost, in gram, for the calculated load."""
        state = self._state
        rpm = max(state.rpm, self.data.idle_rpm)
        full_kpa = self._turbo.target_kpa(rpm)
        kelvin = state.ambient_c + 273.15 + 12.0
        volume = self._volumetric(rpm) * self.data.displacement_m3
        return full_kpa * 1e3 * volume / (GAS_CONSTANT * kelvin) * 1e3

    def _idling(self) -> bool:
        return self._state.pedal_pct < 1.0 and self._state.rpm < self.idle_target_rpm() + 350.0

    def _move_throttle(self, dt_s: float) -> None:
        state = self._state
        state.throttle_pct = lag(state.throttle_pct, state.pedal_pct, 0.05, dt_s)
        if state.running and self._idling() and (state.clutch < 0.05 or state.gear == 0):
            error = self.idle_target_rpm() - state.rpm
            self._idle_air += 0.0000055 * error * dt_s
            self._idle_air = min(max(self._idle_air, -0.004), 0.01)

    def _throttle_area_m2(self) -> float:
        state = self._state
        opening = state.throttle_pct / 100.0
        area = math.pow(opening, 1.7)
        if state.running or state.cranking:
            error = self.idle_target_rpm() - state.rpm
            spring = 0.0000075 * error if state.pedal_pct < 1.0 else 0.0
            cold = min(max((80.0 - state.oil_c) / 80.0, 0.0), 1.2)
            # On overrun the throttle stays open a little, lest the manifold run empty.
            coasting = 0.0042 * max(state.rpm / self.data.idle_rpm - 1.0, 0.0)
            idle = 0.0055 + 0.0035 * cold + spring + self._idle_air
            area += max(idle, 0.0022) + (coasting if state.pedal_pct < 3.0 else 0.0)
        return self.data.throttle_area_m2 * min(area, 1.0)

    def _breathe(self, dt_s: float) -> None:
        """Throttle, manifold and cylinders: pressures and air flows."""
        state = self._state
        intake_k = state.intake_c + 273.15
        upstream_pa = state.charge_kpa * 1e3
        volume_flow = (
            self._volumetric(state.rpm) * self.data.displacement_m3 * state.rpm / 120.0
        )  # four-stroke: one displacement in two turns
        pump = volume_flow / (GAS_CONSTANT * intake_k)  # kg/s for each Pa in the manifold
        orifice = self._throttle_area_m2() * CHOKED_FLOW / math.sqrt(GAS_CONSTANT * intake_k)
        residual_pa = RESIDUAL_KPA * 1e3
        settled_pa = upstream_pa * _pressure_ratio(orifice, pump, residual_pa / upstream_pa)
        before_pa = state.map_kpa * 1e3
        tau_s = self.data.manifold_m3 / max(volume_flow, 0.004)
        after_pa = lag(before_pa, settled_pa, tau_s, dt_s)
        filling = self.data.manifold_m3 / (GAS_CONSTANT * intake_k) * (after_pa - before_pa) / dt_s
        state.map_kpa = after_pa / 1e3
        cylinder = pump * max((before_pa + after_pa) / 2 - residual_pa, 0.0)
        state.cylinder_gps = cylinder * 1e3
        state.maf_gps = max(cylinder + filling, 0.0) * 1e3
        cycles = state.rpm / 120.0
        gram = state.cylinder_gps / cycles if cycles > 1.0 else 0.0
        litres = self.data.displacement_m3 * 1e3
        state.absolute_load_pct = 100.0 * gram / (1.184 * litres)  # SAE J1979, PID 43
        state.load_pct = min(100.0 * gram / self.full_charge_g(), 100.0)

    def _torque_nm(self, dt_s: float) -> float:
        state, data = self._state, self.data
        cycles = max(state.rpm / 120.0, 1.0)
        burnt_gps = min(state.fuel_gps, state.cylinder_gps / (data.stoichiometry * 0.97))
        joule = burnt_gps / 1e3 / cycles * data.heating_value_jkg
        bar = state.map_kpa / 100.0
        share = min(max((bar - 0.25) / 0.5, 0.0), 1.0)
        efficiency = (
            data.idle_efficiency + (data.indicated_efficiency - data.idle_efficiency) * share
        )
        indicated = joule * efficiency * self._ignition.efficiency() / (4 * math.pi)
        indicated *= 1.0 - self._misfire_share(cycles, dt_s)
        roughness = self._random.gauss(0.0, 1.0) * (0.6 + 0.012 * indicated)
        state.demand_nm = indicated if state.pedal_pct > 1.0 else min(indicated, 40.0)
        return indicated + (roughness if indicated > 0 else 0.0) - self._drag_nm()

    def _misfire_share(self, cycles: float, dt_s: float) -> float:
        """Share of the indicated work that cylinder 1 loses in this step."""
        state = self._state
        self._cycle += cycles * dt_s
        if self._cycle < 1.0:
            return 0.0
        self._cycle -= 1.0
        state.ignitions += 1
        if "misfire" in self.faults and self._random.random() < 0.14:
            state.misfires += 1
            return 1.0 / self.data.cylinders * min(1.0 / (cycles * dt_s), 1.0)
        return 0.0

    def _drag_nm(self) -> float:
        """Friction, pumping and the alternator, as torque at the crankshaft."""
        state, data = self._state, self.data
        if state.rpm <= 0.0:
            return 0.0
        thousand = state.rpm / 1e3
        constant, linear, square = data.friction_bar
        bar = constant + linear * thousand + square * thousand**2
        bar *= 1.0 + 0.9 * math.exp(-max(state.oil_c + 20.0, 0.0) / 42.0)
        exhaust_kpa = state.barometer_kpa + 0.9 * (state.charge_kpa - state.barometer_kpa)
        pumping_bar = max(exhaust_kpa + 3.0 - state.map_kpa, -30.0) / 100.0
        state.friction_nm = bar * 1e5 * data.displacement_m3 / (4 * math.pi)
        pumping_nm = pumping_bar * 1e5 * data.displacement_m3 / (4 * math.pi)
        alternator_nm = 420.0 / max(state.rpm / 60 * 2 * math.pi, 60.0) if state.running else 0.0
        return state.friction_nm + pumping_nm + alternator_nm

    def _starter_nm(self) -> float:
        return max(95.0 - 0.22 * self._state.rpm, 0.0) if self._state.cranking else 0.0


def _pressure_ratio(orifice: float, pump: float, residual: float) -> float:
    """Manifold over upstream pressure where throttle and cylinders pass the same air.

    `orifice` and `pump` in kg/s for each Pa, `residual` the part of the upstream pressure that
    does not fill; the flow function of ISO 6358 solved in closed form.
    """
    if pump <= 0.0:
        return 1.0
    choked = orifice / pump + residual
    if choked <= CRITICAL_RATIO:
        return choked
    span = (1.0 - CRITICAL_RATIO) ** 2
    a = orifice**2 / span + pump**2
    b = -2.0 * (orifice**2 * CRITICAL_RATIO / span + pump**2 * residual)
    c = orifice**2 * (CRITICAL_RATIO**2 / span - 1.0) + (pump * residual) ** 2
    return (-b + math.sqrt(max(b * b - 4.0 * a * c, 0.0))) / (2.0 * a)
