"""Building nodes that make summaries."""
