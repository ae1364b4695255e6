"""tf.nest: nested structures of tensors."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "graph.nest": "assert_same_structure flatten is_nested map_structure pack_sequence_as",
    },
)
