"""Acts of `cartech-desk parts`, one module for each of its rooms."""
