"""The acts of `cartech-desk dyno`, a module for each part."""
