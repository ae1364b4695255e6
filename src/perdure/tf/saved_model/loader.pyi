# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.saved_model.loader".

from perdure.saved_model.loader import load as load
from perdure.saved_model.parsing import maybe_saved_model_directory as maybe_saved_model_directory
