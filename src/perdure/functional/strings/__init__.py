"""Building nodes of strings."""
