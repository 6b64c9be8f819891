"""The car of the day on its rollers: behind a Wi-Fi adapter and a JETDRIVE dyno, both on the wire.

The desk has nothing but its two addresses. The test holds the car itself: it does to it what the
technician does, and knows what it truly made on the rollers.
"""

from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.dyno_jetdrive import JetdriveDyno
from cartech_desk.hardware.sim.dyno_options import parse_dyno_options
from cartech_desk.hardware.sim.dyno_rollers import Rollers
from cartech_desk.hardware.sim.elm_server import ElmServer
from cartech_desk.hardware.sim.options import parse_options
from cartech_desk.hardware.sim.tcp_endpoint import LOOPBACK, TcpEndpoint
from cartech_desk.hardware.sim.udp_endpoint import UdpEndpoint, free_port

LEAK = "boost_leak"
"""What is wrong with the car in the morning: a hose between turbo and throttle."""
ROLLS_IN_KMH = 38.0
"""Below this the car has let go of its last pull, and the desk can wait for the next one."""
BEGINS_KMH = 40.0
FULL_THROTTLE_PCT = 95.0
CLOSED_PCT = 50.0
WELL_INTO_RPM = 3500.0
STEP_RPM = 25.0


class Pull(NamedTuple):
    """What the wheels truly made in one run, by engine speed [rpm]: uncorrected, in kW."""

    rpm: np.ndarray
    power_kw: np.ndarray

    def average_kw(self, first_rpm, last_rpm):
        """Return the mean over engine speed from one to another, as a comparison has it."""
        grid = np.arange(first_rpm, last_rpm + STEP_RPM / 2, STEP_RPM)
        near = np.rint((self.rpm - first_rpm) / STEP_RPM).astype(int)
        inside = (near >= 0) & (near < len(grid))
        made = np.bincount(near[inside], self.power_kw[inside], len(grid))
        seen = np.bincount(near[inside], minlength=len(grid))
        full = seen > 0
        return float(np.interp(grid, grid[full], made[full] / seen[full]).mean())


class ShopCar:
    """The car: `adapter` and `dyno` are where a desk finds it, `vin` what it says it is."""

    def __init__(self, car, adapter, dyno):
        self._car, self._rollers = car, Rollers(car)
        self.adapter, self.dyno, self.vin = adapter, dyno, car.vin
        self._seen = []

    def close(self):
        self._rollers.close()

    def _now(self):
        self._seen += self._rollers.moments(monotonic_ns())
        return self._rollers.now

    def rolls_in(self):
        """Tell whether it rolls slowly between two pulls."""
        now = self._now()
        return now.speed_ms * 3.6 < ROLLS_IN_KMH and now.throttle_pct < CLOSED_PCT

    def pulls(self):
        """Tell whether it is well into a pull."""
        now = self._now()
        return now.rpm > WELL_INTO_RPM and now.throttle_pct > FULL_THROTTLE_PCT

    def last_pull(self):
        """Return what was truly made in the last pull that is over.

        It is from the speed at which a run begins until the pedal was let go.
        """
        self._now()
        kmh = np.array([one.speed_ms for one in self._seen]) * 3.6
        pedal = np.array([one.throttle_pct for one in self._seen])
        begun = 1 + np.flatnonzero((kmh[:-1] < BEGINS_KMH) & (kmh[1:] >= BEGINS_KMH))
        for first in begun[::-1]:
            full = np.flatnonzero(pedal[first:] > FULL_THROTTLE_PCT)
            shut = np.flatnonzero(pedal[first + full[0] :] < CLOSED_PCT) if len(full) else full
            if len(shut):
                run = self._seen[first : first + full[0] + shut[0]]
                return Pull(
                    np.array([one.rpm for one in run]), np.array([one.power_kw for one in run])
                )
        raise AssertionError("the desk kept a run, and the rollers know of no pull")

    def switch_off(self):
        """Turn the key, as before anything is taken apart."""
        self._car.vehicle.switch_ignition(on=False)

    def fit_new_hoses(self):
        """Take the leak away and turn the key: what its memory holds stays there."""
        self._car.mend(LEAK)
        self._car.vehicle.switch_ignition(on=True)


@contextmanager
def car_on_rollers():
    """Put a car that leaks onto the rollers, its adapter and its dyno on ports of their own."""
    options = parse_options({"script": "dyno_short", "faults": LEAK})
    car = SimulatedCar(options.car)
    adapter = TcpEndpoint(ElmServer(car, options.adapter), LOOPBACK, 0)
    dyno = UdpEndpoint(JetdriveDyno(car, parse_dyno_options({})), LOOPBACK, free_port())
    adapter.start()
    dyno.start()
    shop_car = ShopCar(car, f"elm327:{adapter.address}", dyno.address)
    try:
        yield shop_car
        assert not adapter.problem
        assert not dyno.problem
    finally:
        shop_car.close()
        dyno.stop()
        adapter.stop()
