"""tf.saved_model.builder: writing."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "saved_model.builder": "SavedModelBuilder",
    },
)
