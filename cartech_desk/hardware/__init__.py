"""What touches a wire: links, adapters, CAN, and the simulated car."""
