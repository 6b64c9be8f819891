"""One module for each command of `cartech-desk`."""
