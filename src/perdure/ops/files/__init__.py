"""Ops that look at files."""
