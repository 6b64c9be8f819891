"""What is true of bookings, hours and calendars."""
