"""Queues, the threads that fill them, and the input pipelines made of both."""

from perdure.queues import queue_runner as queue_runner  # tf.train.queue_runner
