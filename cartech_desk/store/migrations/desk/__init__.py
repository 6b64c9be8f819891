"""Steps for `desk.db`."""
