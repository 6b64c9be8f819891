"""Cars and rollers driven by their physics alone: forces, masses and time, none of the desk's sums.

An engine's power goes through a driveline that takes its losses and turns with some mass, then
into rollers, or against air, tyres and the mass of the car.
"""

import numpy as np

RATIO = 42.0
"""rpm for 1 km/h."""
STEP_S = 0.002


def move(push_n, loss_n, mass_kg, start_kmh, seconds):
    """Return time [s], speed [km/h], gain [m/s²] of a mass under a push and a loss, by speed."""
    count = int(seconds / STEP_S)
    speeds, gains = np.empty(count), np.empty(count)
    v = start_kmh / 3.6
    for index in range(count):
        now = (push_n(v) - loss_n(v)) / mass_kg
        middle = v + now * STEP_S / 2.0
        gain = (push_n(middle) - loss_n(middle)) / mass_kg
        speeds[index], gains[index] = v * 3.6, now
        v = max(v + gain * STEP_S, 0.1)
    return np.arange(count) * STEP_S, speeds, gains


def steady(kw):
    """Return the push of an engine with one power at any speed."""
    return lambda v: kw * 1000.0 / v


def none(_v):
    return 0.0


def at(t_s, rate_hz, *columns):
    """Return samples at a rate: times, then each column there."""
    times = np.arange(0.0, t_s[-1], 1.0 / rate_hz)
    return times, *(np.interp(times, t_s, one) for one in columns)
