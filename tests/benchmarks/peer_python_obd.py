"""Values per second of python-OBD, run by the interpreter that has it installed.

`python peer_python_obd.py PORT SECONDS PID,PID,…` prints one JSON object: values per second of
plain queries and of its asynchronous client, both as its documentation recommends for speed.
"""

import json
import sys
import time

import obd

WARM_UP_S = 1.0


def main() -> None:
    port, seconds, pids = sys.argv[1], float(sys.argv[2]), sys.argv[3].split(",")
    obd.logger.setLevel("ERROR")
    commands = [obd.commands[1][int(pid, 16)] for pid in pids]
    connection = obd.OBD(port, fast=True, timeout=1)
    if not connection.is_connected():
        raise SystemExit("python-OBD does not connect")
    plain = queried(connection, commands, seconds)
    connection.close()
    connection = obd.Async(port, fast=True, timeout=1, delay_cmds=0)
    if not connection.is_connected():
        raise SystemExit("python-OBD does not connect again")
    watched = observed(connection, commands, seconds)
    connection.close()
    told = {"query": plain, "async": watched, "channels": len(commands)}
    sys.stdout.write(json.dumps(told) + "\n")


def queried(connection, commands, seconds):
    """Values per second of one query after the other."""
    began = counted = 0
    start = time.monotonic()
    while True:
        for command in commands:
            response = connection.query(command, force=True)
            now = time.monotonic()
            if not began and now - start >= WARM_UP_S:
                began, counted = now, 0
            elif began and now - began >= seconds:
                return counted / (now - began)
            elif began:
                counted += not response.is_null()


def observed(connection, commands, seconds):
    """Values per second of watched commands, counted in their callbacks."""
    counter = [0]

    def count(response):
        counter[0] += not response.is_null()

    for command in commands:
        connection.watch(command, callback=count, force=True)
    connection.start()
    time.sleep(WARM_UP_S)
    before, began = counter[0], time.monotonic()
    time.sleep(seconds)
    after, ended = counter[0], time.monotonic()
    connection.stop()
    return (after - before) / (ended - began)


main()
