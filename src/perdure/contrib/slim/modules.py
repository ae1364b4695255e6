"""The modules of tf.contrib.slim that programs use under their names."""

from perdure.contrib.slim import evaluation, learning, model_analyzer, nets, queues, summaries

__all__ = ["evaluation", "learning", "model_analyzer", "nets", "queues", "summaries"]
