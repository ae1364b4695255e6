"""tf.contrib.opt: optimizers beside those of tf.train."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.opt.accumulated": "AGNCustomGetter AGNOptimizer",
        "contrib.opt.adagrad": "RegAdagradOptimizer",
        "contrib.opt.adam": "AdaMaxOptimizer LazyAdamOptimizer NadamOptimizer",
        "contrib.opt.adam_by_step": "AdamGSOptimizer LazyAdamGSOptimizer",
        "contrib.opt.averaging": "MovingAverageOptimizer",
        "contrib.opt.clipping": "VariableClippingOptimizer",
        "contrib.opt.elastic": "ElasticAverageCustomGetter ElasticAverageOptimizer",
        "contrib.opt.external": "ExternalOptimizerInterface ScipyOptimizerInterface",
        "contrib.opt.lars": "LARSOptimizer",
        "contrib.opt.model_average": "ModelAverageCustomGetter ModelAverageOptimizer",
        "contrib.opt.multitask": "MultitaskOptimizerWrapper clip_gradients_by_global_norm",
        "contrib.opt.shampoo": "ShampooOptimizer",
        "contrib.opt.signs": "AddSignOptimizer PowerSignOptimizer",
        "contrib.opt.stale": "DropStaleGradientOptimizer",
        "contrib.opt.weight_decay": (
            "AdamWOptimizer DecoupledWeightDecayExtension MomentumWOptimizer "
            "extend_with_decoupled_weight_decay"
        ),
    },
)
