"""Checkpoints of version 1: tables of SavedTensorSlices."""
