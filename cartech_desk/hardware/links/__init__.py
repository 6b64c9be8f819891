"""Byte links to an adapter: serial port, TCP, in-process."""
