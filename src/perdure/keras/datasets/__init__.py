"""Data sets of files that are fetched once and kept in ~/.keras/datasets."""
