"""Queues, the threads that fill them, and the input pipelines made of both."""
