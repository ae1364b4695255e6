"""tf.feature_column: how features of examples become the inputs of a model."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "feature_column.categorical": (
            "categorical_column_with_hash_bucket categorical_column_with_identity "
            "categorical_column_with_vocabulary_file categorical_column_with_vocabulary_list "
            "crossed_column weighted_categorical_column"
        ),
        "feature_column.dense": "bucketized_column indicator_column numeric_column",
        "feature_column.embedding": "embedding_column shared_embedding_columns",
        "feature_column.input_layer": "input_layer make_parse_example_spec",
        "feature_column.linear": "linear_model",
        "feature_column.sequence": (
            "sequence_categorical_column_with_hash_bucket sequence_categorical_column_with_identity "
            "sequence_categorical_column_with_vocabulary_file "
            "sequence_categorical_column_with_vocabulary_list sequence_numeric_column"
        ),
    },
)
