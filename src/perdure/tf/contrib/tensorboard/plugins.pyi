# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.tensorboard.plugins".

from perdure.contrib.tensorboard.modules import projector as projector
