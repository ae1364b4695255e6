"""tf.saved_model.signature_def_utils: signatures."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "saved_model.signatures": (
            "build_signature_def classification_signature_def is_valid_signature "
            "predict_signature_def regression_signature_def"
        ),
    },
)
