# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.saved_model.builder".

from perdure.saved_model.builder import SavedModelBuilder as SavedModelBuilder
