"""tf.keras.wrappers.scikit_learn."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.wrappers.scikit_learn": "KerasClassifier KerasRegressor",
    },
)
