"""tf.contrib.lookup: tables of values by keys, and vocabularies."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.lookup.tables": (
            "HashTable index_table_from_tensor index_to_string index_to_string_table_from_tensor "
            "string_to_index string_to_index_table_from_file string_to_index_table_from_tensor"
        ),
        "lookup.initializers": (
            "KeyValueTensorInitializer TableInitializerBase TextFileIdTableInitializer TextFileIndex "
            "TextFileInitializer TextFileStringTableInitializer"
        ),
        "lookup.interface": "LookupInterface",
        "lookup.mutable": "MutableDenseHashTable=DenseHashTable MutableHashTable",
        "lookup.static": "InitializableLookupTableBase",
        "lookup.vocabularies": (
            "FastHashSpec HasherSpec IdTableWithHashBuckets StrongHashSpec index_table_from_file "
            "index_to_string_table_from_file"
        ),
    },
)
