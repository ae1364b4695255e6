"""tf.contrib.util: constants, and tensors as protos."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "formats.graph.tensors": "make_tensor_proto",
        "functional.array.values": "make_ndarray",
        "graph.constants": "constant_value",
        "interchange.op_lists": "ops_used_by_graph_def stripped_op_list_for_graph",
    },
)
