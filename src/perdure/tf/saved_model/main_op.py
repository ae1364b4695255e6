"""tf.saved_model.main_op: operations that initialize a loaded model."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "saved_model.main_op": "main_op main_op_with_restore",
    },
)
