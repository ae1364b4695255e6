# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.lookup.experimental".

from perdure.lookup.mutable import DenseHashTable as DenseHashTable
