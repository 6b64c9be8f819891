"""What is true of cars: pure functions and frozen dataclasses over NumPy."""
