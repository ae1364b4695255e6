"""Building nodes of arithmetic, reductions, segments and products."""
