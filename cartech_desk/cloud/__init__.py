"""What is asked of the world outside: one client for each service."""
