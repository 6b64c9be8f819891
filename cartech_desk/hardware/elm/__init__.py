"""ELM327 and STN chips."""
