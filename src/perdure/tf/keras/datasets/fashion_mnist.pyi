# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.datasets.fashion_mnist".

from perdure.keras.datasets.fashion_mnist import load_data as load_data
