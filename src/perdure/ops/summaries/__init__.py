"""Ops that make serialized `Summary` messages."""
