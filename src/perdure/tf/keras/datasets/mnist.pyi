# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.datasets.mnist".

from perdure.keras.datasets.mnist import load_data as load_data
