"""Building nodes that draw random numbers, and initializers."""
