"""Tests of perdure.graph."""
