"""tf.lookup: tables of values by keys."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "lookup.initializers": "KeyValueTensorInitializer TextFileIndex TextFileInitializer",
        "lookup.static": "StaticHashTable=StaticHashTableV1",
        "lookup.vocabularies": "StaticVocabularyTable",
    },
    submodules="experimental",
)
