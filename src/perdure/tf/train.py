"""tf.train: optimizers and what training needs."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "formats.messages": (
            "BytesList ClusterDef Example Feature FeatureList FeatureLists Features FloatList "
            "Int64List JobDef SaverDef SequenceExample ServerDef"
        ),
        "training.adadelta": "AdadeltaOptimizer",
        "training.adagrad": "AdagradDAOptimizer AdagradOptimizer ProximalAdagradOptimizer",
        "training.adam": "AdamOptimizer",
        "training.ftrl": "FtrlOptimizer",
        "training.gradient_descent": "GradientDescentOptimizer ProximalGradientDescentOptimizer",
        "training.momentum": "MomentumOptimizer",
        "training.optimizer": "Optimizer",
        "training.rmsprop": "RMSPropOptimizer",
        "training.training_util": (
            "assert_global_step create_global_step get_global_step get_or_create_global_step "
            "global_step"
        ),
    },
)
