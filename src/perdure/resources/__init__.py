"""What a session owns between steps."""
