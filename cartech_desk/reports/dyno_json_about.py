"""What the fields of a dyno sheet in JSON mean: written into each file, so that it explains itself.

Every field that is a number has its unit here or at the end of its name (`_kw`, `_nm`, `_kmh`,
`_kpa`, `_c`, `_pct`, `_kg`, `_n`, `_s`, `_ns`); a channel bears its own in `channel.unit`.
"""

from types import MappingProxyType
from typing import Final

ABOUT: Final = MappingProxyType(
    {
        "units": "canonical: rpm, km/h, m/s2, N, kW, Nm, kPa, degC, percent, ratio, s. The end of "
        "a field's name is its unit; 1 hp = 0.745699872 kW, 1 lbf ft = 1.355817948 Nm, 1 PS = "
        "0.73549875 kW.",
        "numbers": 'null where a number is not known; "Infinity" and "-Infinity" are words. All '
        "others read back as the 64-bit floats that they were.",
        "runs[].run": "who ran what when; started is the instant of raw.first_ns; ending, tier and "
        "sources tell how it came about; summary is what a list of runs shows, uncorrected.",
        "runs[].raw": "samples as they were measured, never resampled, smoothed or corrected: per "
        "channel t_ns [ns on the clock of the recording], values [channel.unit], quality (0 good, "
        "1 stale, 2 no value). of_car: its times are moved by result.ecu_offset_s. broken: "
        "stretches [ns] in which a link was gone.",
        "runs[].run.samples_sha256": "SHA-256 over the line cartech-dyno-samples-1, a line feed, "
        "then for each channel that has samples, by name: name and unit in UTF-8, each ended by a "
        "zero byte, number of samples (u64), times in ns from raw.first_ns (i64), values (f64, no "
        "value is 7ff8000000000000), quality (u8); numbers little-endian.",
        "runs[].setup": "what the sums were told: roles (which channel plays which), masses, "
        "losses c0 + c1 v + c2 v^2 [N, v in m/s], gear, ratio, typed air, ignition, how an engine "
        "is estimated. null: not set, the desk took the best that the run has.",
        "runs[].result.roles": "the channel that was used for each role, after that choice.",
        "runs[].result.basis": "power at the wheels from: device_power = the channel of role "
        "power; force = (force + losses) * v; brake = torque * speed of the absorber; acceleration "
        "= equivalent_mass_kg * acceleration * v + losses * v; speed = the same with dv/dt of the "
        "repaired speed. On the road (setup.road) rolling and drag add to the force.",
        "runs[].result.estimate": "none: at the wheels; measured: wheel power + driveline losses * "
        "v; flat_percent: wheel power / (1 - driveline_pct / 100).",
        "runs[].result.curve": "the pull alone on one clock, smoothed, UNCORRECTED: t_s from "
        "raw.first_ns, power_kw, torque_nm = power_kw * 9549.297 / rpm; others in the unit of "
        "their channel (lambda and afr ratio, boost kPa above the air's pressure, throttle "
        "percent).",
        "runs[].result.smoothing": "level and its whole width: centred windows of 0.1, 0.1, 0.2, "
        "0.4, 0.8 s one on top of the other (the first ones up to the level), each the mean of "
        "the line through the samples, shrinking at the ends.",
        "runs[].result.pull": "from when to when [s from raw.first_ns]: throttle open, speed "
        "rising, before the lift, less 0.3 s at its start and 0.2 s at its end.",
        "runs[].result.peak_power": "UNCORRECTED value [kW; peak_torque: Nm], means over 0.2 s "
        "within the pull, then smoothed; uncertainty in the same unit, about 95 %: root of the "
        "squares of its parts.",
        "runs[].result.factor": "correction.formula with Pd = dry_kpa and T = "
        "conditions.temperature_c + 273.15; vapour_kpa = humidity_pct / 100 * saturation pressure "
        "(IAPWS SR1-86); dry_kpa = pressure_kpa - vapour_kpa. why_not: it could not be made and "
        "1.0 stands.",
        "runs[].result.corrected": "the same numbers times factor.value, nothing else.",
        "runs[].result.times": "seconds from one speed to another as the key says; null with "
        "why_not.",
        "runs[].device": "what the dyno corrected itself, at most in the pull; used in no sum.",
        "comparison": "two runs, corrected, over x (rpm or km/h as axis says); gain is b less a; "
        "area_gain_kw_x in kW times the unit of x.",
        "repeatability": "mean and spread (sample standard deviation) of all runs, corrected.",
    }
)
"""Where a field stands: what it is."""
