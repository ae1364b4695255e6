"""Building nodes of control flow, checks and Python functions."""
