"""Lifting: from TensorFlow 1's control flow nodes to structured conditionals and loops."""
