"""OBD over a CAN interface: python-can and ISO-TP."""
