"""tf.nn: neural network operations."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.embedding": "embedding_lookup embedding_lookup_sparse",
        "functional.math": "sigmoid tanh",
        "functional.rearranging": "depth_to_space space_to_batch space_to_depth",
    },
)
