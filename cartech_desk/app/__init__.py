"""The front door: settings, paths, logging, the command line; builds a desk out of the rooms."""
