"""What is true of vehicles and their owners."""
