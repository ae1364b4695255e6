"""Building nodes that make, pick, join and rearrange arrays."""
