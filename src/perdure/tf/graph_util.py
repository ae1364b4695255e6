"""tf.graph_util: graphs as protos."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "interchange.freezing": "convert_variables_to_constants",
        "interchange.importer": "import_graph_def",
        "interchange.subgraphs": (
            "extract_sub_graph must_run_on_cpu remove_training_nodes tensor_shape_from_node_def_name"
        ),
    },
)
