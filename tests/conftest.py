"""Keeps the tests out of the configuration and the keyring of whoever runs them."""

import os
import tempfile

os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
_CONFIG = tempfile.TemporaryDirectory(prefix="cartech-tests-", ignore_cleanup_errors=True)
os.environ["XDG_CONFIG_HOME"] = _CONFIG.name
