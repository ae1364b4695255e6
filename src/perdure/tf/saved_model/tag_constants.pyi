# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.saved_model.tag_constants".

from perdure.saved_model.tag_constants import GPU as GPU
from perdure.saved_model.tag_constants import SERVING as SERVING
from perdure.saved_model.tag_constants import TPU as TPU
from perdure.saved_model.tag_constants import TRAINING as TRAINING
