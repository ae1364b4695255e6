"""tf.contrib.data: older names of tf.data.experimental, and what that does not have."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.data.transformations": (
            "assert_element_shape batch_and_drop_remainder bucket_by_sequence_length make_csv_dataset "
            "padded_batch_and_drop_remainder read_batch_features reduce_dataset sliding_window_batch "
            "sloppy_interleave"
        ),
        "data.dataset": "AUTOTUNE",
        "data.experimental.batching": "dense_to_sparse_batch map_and_batch unbatch",
        "data.experimental.devices": "copy_to_device prefetch_to_device",
        "data.experimental.grouping": "Reducer group_by_reducer group_by_window",
        "data.experimental.interleaving": "choose_from_datasets parallel_interleave sample_from_datasets",
        "data.experimental.parsing": "parse_example_dataset",
        "data.experimental.passing": (
            "TFRecordWriter enumerate_dataset get_single_element ignore_errors shuffle_and_repeat unique"
        ),
        "data.experimental.random_dataset": "RandomDataset",
        "data.experimental.readers": "CsvDataset SqlDataset make_batched_features_dataset",
        "data.experimental.resampling": "rejection_resample",
        "data.experimental.scanning": "Counter scan",
        "data.saving": "CheckpointInputPipelineHook make_saveable_from_iterator",
        "data.optional": "Optional get_next_as_optional",
    },
)
