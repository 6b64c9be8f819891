"""Acts on limits: show, set, switch off, try on a recording, import, export."""
