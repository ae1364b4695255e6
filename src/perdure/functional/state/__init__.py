"""Building nodes that change variables and other state."""
