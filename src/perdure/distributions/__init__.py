"""Distributions of probability: samples, densities, moments and divergences, as nodes of the graph."""
