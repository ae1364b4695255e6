# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.xla".

from perdure.tf.xla import experimental as experimental
