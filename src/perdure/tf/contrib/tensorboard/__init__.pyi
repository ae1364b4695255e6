# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.tensorboard".

from perdure.tf.contrib.tensorboard import plugins as plugins
