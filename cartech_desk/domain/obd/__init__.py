"""SAE J1979: services, PIDs, signals, support, identification, codes."""
