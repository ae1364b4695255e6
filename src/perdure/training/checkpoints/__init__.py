"""Checkpoints by objects and by names: saving what an object holds, and starting variables from files."""
