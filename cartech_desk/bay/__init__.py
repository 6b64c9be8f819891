"""What happens while a car is connected: connecting, acquiring, recording."""
