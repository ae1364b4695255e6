"""Text with fields between delimiters, and numbers in text."""
