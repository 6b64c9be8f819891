"""Limits and alarms: what is watched, and the state that each alarm is in (ISA-18.2, IEC 62682)."""
