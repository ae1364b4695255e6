"""tf.keras.optimizers.schedules."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.optimizers.schedules": (
            "ExponentialDecay InverseTimeDecay LearningRateSchedule PiecewiseConstantDecay "
            "PolynomialDecay deserialize serialize"
        ),
    },
)
