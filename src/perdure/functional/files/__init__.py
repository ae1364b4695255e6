"""Building nodes that look at files."""
