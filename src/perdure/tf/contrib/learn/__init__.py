"""tf.contrib.learn: data sets, preprocessing, and the estimators of the time before tf.estimator."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.learn.modules": "datasets preprocessing",
    },
)
