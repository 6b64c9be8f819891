"""What python-OBD can do of a check-up, run by the interpreter that has it installed.

`python peer_python_obd_checkup.py PORT` prints one JSON object: the seconds that it took once it
was connected, how many queries that were and how many were answered.
"""

import json
import sys
import time

import obd

COUNTERS = (
    "STATUS_DRIVE_CYCLE",
    "DISTANCE_W_MIL",
    "DISTANCE_SINCE_DTC_CLEAR",
    "RUN_TIME_MIL",
    "TIME_SINCE_DTC_CLEARED",
    "WARMUPS_SINCE_DTC_CLEAR",
)
FROZEN = (0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x1F,
          0x2F, 0x33, 0x42, 0x43, 0x44, 0x45, 0x46, 0x49, 0x5C)  # fmt: skip
"""PIDs of the frame that the car keeps; python-OBD does not ask which there are."""


def main() -> None:
    obd.logger.setLevel("CRITICAL")
    connection = obd.OBD(sys.argv[1], fast=True, timeout=1)
    if not connection.is_connected():
        raise SystemExit("python-OBD does not connect")
    commands = [obd.commands.STATUS, obd.commands.GET_DTC, obd.commands.GET_CURRENT_DTC]
    commands += [obd.commands[name] for name in COUNTERS]
    commands += [obd.commands[2][pid] for pid in FROZEN if pid < len(obd.commands[2])]
    commands += [
        one
        for one in obd.commands[6]
        if one is not None and one.name.startswith("MONITOR_") and connection.supports(one)
    ]
    began = time.monotonic()
    answered = sum(not connection.query(one, force=True).is_null() for one in commands)
    seconds = time.monotonic() - began
    connection.close()
    told = {"seconds": seconds, "queries": len(commands), "answered": answered}
    sys.stdout.write(json.dumps(told) + "\n")


main()
