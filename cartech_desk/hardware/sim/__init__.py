"""The simulated car: an engine, its ECUs, and the protocol servers in front of them."""
