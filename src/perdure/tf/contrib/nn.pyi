# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.nn".

from perdure.functional.nn.conv import conv1d_transpose as conv1d_transpose
