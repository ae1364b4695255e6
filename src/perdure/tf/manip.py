"""tf.manip: rearranging tensors."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.array.array": "reshape",
        "functional.array.gathering": "gather_nd scatter_nd",
        "functional.array.rearranging": "reverse roll tile",
        "functional.array.space_to_batch": "batch_to_space_nd space_to_batch_nd",
    },
)
