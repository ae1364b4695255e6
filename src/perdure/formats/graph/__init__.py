"""Graphs as protos, both ways."""
