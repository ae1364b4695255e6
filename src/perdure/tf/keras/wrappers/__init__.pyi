# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.wrappers".

from perdure.tf.keras.wrappers import scikit_learn as scikit_learn
