"""tf.keras.datasets.imdb."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.datasets.imdb": "get_word_index load_data",
    },
)
