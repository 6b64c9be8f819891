"""Steps for `recordings.db`."""
