"""Running what was planned: steps, clusters, functions, waiting."""
