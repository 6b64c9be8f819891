"""Qt item models over what the rooms below offer."""
