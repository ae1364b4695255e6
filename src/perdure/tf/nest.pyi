# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.nest".

from perdure.graph.nest import assert_same_structure as assert_same_structure
from perdure.graph.nest import flatten as flatten
from perdure.graph.nest import is_nested as is_nested
from perdure.graph.nest import map_structure as map_structure
from perdure.graph.nest import pack_sequence_as as pack_sequence_as
