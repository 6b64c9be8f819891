"""Faults: codes and what they mean, what a scan found, and what changed since the last one."""
