"""Ops of control flow, checks and Python functions."""
