"""How older files become files of this version, one step after the other."""
