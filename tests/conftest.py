"""Keeps the tests out of the configuration and the keyring of whoever runs them.

A busy machine makes nothing wrong: no made-up example has to be done in time, and what the screen
shows late it has shown.
"""

import os
import tempfile

from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
_CONFIG = tempfile.TemporaryDirectory(prefix="cartech-tests-", ignore_cleanup_errors=True)
os.environ["XDG_CONFIG_HOME"] = _CONFIG.name
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
QtBot.waitUntil.__kwdefaults__["timeout"] = 20_000
