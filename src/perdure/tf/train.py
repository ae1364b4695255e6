"""tf.train: optimizers and what training needs."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "formats.messages": (
            "BytesList ClusterDef Example Feature FeatureList FeatureLists Features FloatList "
            "Int64List JobDef SaverDef SequenceExample ServerDef"
        ),
        "training.optimizer": "Optimizer",
    },
)
