"""The acts of `cartech-desk jobs`."""
