"""tf.keras.datasets.reuters."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.datasets.reuters": "get_word_index load_data",
    },
)
