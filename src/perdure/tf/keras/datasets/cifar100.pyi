# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.datasets.cifar100".

from perdure.keras.datasets.cifar100 import load_data as load_data
