"""tf.data.experimental: transformations and options that are not methods of datasets."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "data.dataset": ("AUTOTUNE DatasetStructure=DatasetSpec from_variant get_structure to_variant"),
        "data.experimental.option_kinds": (
            "DistributeOptions MapVectorizationOptions OptimizationOptions StatsOptions ThreadingOptions"
        ),
        "data.experimental.stats_aggregator": "StatsAggregator=StatsAggregatorV1",
        "graph.type_spec": "Structure=TypeSpec",
    },
)
