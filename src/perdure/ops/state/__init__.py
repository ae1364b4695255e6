"""Ops that change variables, and tensors that a session keeps."""
