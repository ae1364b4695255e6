"""Models as files and descriptions."""
