"""What programs for TPUs say that runs without them, and what of it does not."""
