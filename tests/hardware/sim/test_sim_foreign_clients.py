"""Programs of others read the simulated car, where they are installed apart.

CARTECH_PEERS names the folder of programs of an environment with python-OBD, for instance
CARTECH_PEERS=/opt/peers/bin.
"""

import json
import os
import shutil
import subprocess

import pytest

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.elm_server import ElmServer
from cartech_desk.hardware.sim.options import parse_options
from cartech_desk.hardware.sim.tcp_endpoint import TcpEndpoint

PYTHON = shutil.which("python", path=os.environ.get("CARTECH_PEERS", os.devnull))

READ = """
import json, sys, obd
obd.logger.setLevel(obd.logging.CRITICAL)
car = obd.OBD(sys.argv[1], baudrate=38400, timeout=2)
ask = lambda name: car.query(obd.commands[name]).value
print(json.dumps({
    "status": car.status(), "protocol": car.protocol_id(), "commands": len(car.supported_commands),
    "vin": ask("VIN").decode(), "rpm": ask("RPM").magnitude,
    "codes": [code for code, _ in ask("GET_DTC")],
    "mil": ask("STATUS").MIL, "coolant": ask("COOLANT_TEMP").magnitude,
}))
car.close()
"""


@pytest.mark.skipif(PYTHON is None, reason="CARTECH_PEERS holds no Python with python-OBD")
@pytest.mark.parametrize("chip", ["elm327", "stn", "elm327v2"])
def test_python_obd_connects_and_reads_vin_rpm_and_codes(chip):
    chosen = parse_options({"script": "idle", "faults": "misfire,wheel_speed", "chip": chip})
    car = SimulatedCar(chosen.car)
    endpoint = TcpEndpoint(ElmServer(car, chosen.adapter), "127.0.0.1", 0)
    endpoint.start()
    try:
        url = endpoint.address.replace("tcp://", "socket://")
        done = subprocess.run(
            [PYTHON, "-c", READ, url], capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        endpoint.stop()
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    assert read["status"] == "Car Connected"
    assert read["protocol"] == "6"
    assert read["commands"] > 80
    assert read["vin"] == car.vin
    assert 700 < read["rpm"] < 1000
    assert read["codes"] == ["P0301", "C0031"]
    assert read["mil"] is True
    assert read["coolant"] == 90
