"""tf.data.experimental: transformations and options that are not methods of datasets."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "data.dataset": "AUTOTUNE DatasetStructure=DatasetSpec from_variant get_structure to_variant",
        "data.experimental.batching": (
            "dense_to_sparse_batch map_and_batch map_and_batch_with_legacy_function unbatch"
        ),
        "data.experimental.devices": "copy_to_device prefetch_to_device",
        "data.experimental.grouping": ("Reducer bucket_by_sequence_length group_by_reducer group_by_window"),
        "data.experimental.interleaving": "choose_from_datasets parallel_interleave sample_from_datasets",
        "data.experimental.option_kinds": (
            "DistributeOptions MapVectorizationOptions OptimizationOptions StatsOptions ThreadingOptions"
        ),
        "data.experimental.passing": (
            "INFINITE_CARDINALITY TFRecordWriter UNKNOWN_CARDINALITY bytes_produced_stats cardinality "
            "enumerate_dataset get_single_element ignore_errors latency_stats shuffle_and_repeat unique"
        ),
        "data.experimental.parsing": "parse_example_dataset",
        "data.experimental.random_dataset": "RandomDataset",
        "data.experimental.readers": ("CsvDataset SqlDataset make_batched_features_dataset make_csv_dataset"),
        "data.experimental.resampling": "rejection_resample",
        "data.experimental.scanning": "Counter scan take_while",
        "data.experimental.stats_aggregator": "StatsAggregator=StatsAggregatorV1",
        "data.saving": "CheckpointInputPipelineHook make_saveable_from_iterator",
        "data.optional": "Optional OptionalStructure=OptionalSpec get_next_as_optional",
        "data.structure": "SparseTensorStructure TensorStructure",
        "graph.type_spec": "Structure=TypeSpec",
    },
)
