"""Files that people take away: CSV and MDF4 of recordings."""
