"""SAE J1979 and OBD on UDS (J1979-2): PIDs, signals, identity, codes, frames, tests."""
