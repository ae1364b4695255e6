# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.graph_util".

from perdure.interchange.freezing import convert_variables_to_constants as convert_variables_to_constants
from perdure.interchange.importer import import_graph_def as import_graph_def
from perdure.interchange.subgraphs import extract_sub_graph as extract_sub_graph
from perdure.interchange.subgraphs import must_run_on_cpu as must_run_on_cpu
from perdure.interchange.subgraphs import remove_training_nodes as remove_training_nodes
from perdure.interchange.subgraphs import tensor_shape_from_node_def_name as tensor_shape_from_node_def_name
