"""Dyno runs: what was measured, what it means, how runs compare."""
