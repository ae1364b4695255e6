# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.graph_util".

from perdure.interchange.importer import import_graph_def as import_graph_def
