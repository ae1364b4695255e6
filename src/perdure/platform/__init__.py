"""What surrounds a program: its entry point, flags, log lines, versions and text encodings."""
