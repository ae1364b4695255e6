# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.training".

from perdure.training.saving.waiting import checkpoints_iterator as checkpoints_iterator
from perdure.training.saving.waiting import wait_for_new_checkpoint as wait_for_new_checkpoint
