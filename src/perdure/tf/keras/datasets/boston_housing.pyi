# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.datasets.boston_housing".

from perdure.keras.datasets.boston_housing import load_data as load_data
