"""tf.contrib.learn.preprocessing: text and categories as numbers."""

from perdure.contrib.learn.preprocessing.categorical import CategoricalProcessor
from perdure.contrib.learn.preprocessing.text import ByteProcessor, VocabularyProcessor, tokenizer
from perdure.contrib.learn.preprocessing.vocabulary import CategoricalVocabulary

__all__ = [
    "ByteProcessor", "CategoricalProcessor", "CategoricalVocabulary", "VocabularyProcessor", "tokenizer",
]  # fmt: skip
