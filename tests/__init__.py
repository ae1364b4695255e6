"""The tests of perdure; the folders mirror src/perdure."""
