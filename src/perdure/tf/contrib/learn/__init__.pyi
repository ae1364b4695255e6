# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.learn".

from perdure.contrib.learn.modules import datasets as datasets
from perdure.contrib.learn.modules import preprocessing as preprocessing
