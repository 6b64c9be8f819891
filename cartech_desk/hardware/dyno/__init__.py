"""Dynos, widebands and weather stations: what they say on their wires."""
