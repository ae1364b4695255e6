"""tf.keras.preprocessing.text."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.preprocessing.text": "Tokenizer hashing_trick one_hot text_to_word_sequence",
    },
)
