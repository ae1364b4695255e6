"""Summaries on disk: tf.summary.FileWriter and what belongs to it; the README says what it guarantees."""
