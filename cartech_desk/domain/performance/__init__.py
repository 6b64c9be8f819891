"""What runs tell of a car over time."""
