# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.util".

from perdure.formats.graph.tensors import make_tensor_proto as make_tensor_proto
from perdure.functional.array.values import make_ndarray as make_ndarray
from perdure.graph.constants import constant_value as constant_value
from perdure.interchange.op_lists import ops_used_by_graph_def as ops_used_by_graph_def
from perdure.interchange.op_lists import stripped_op_list_for_graph as stripped_op_list_for_graph
