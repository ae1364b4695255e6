"""tf.graph_util: graphs as protos."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {"interchange.importer": "import_graph_def"},
)
