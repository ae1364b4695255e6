"""tf.keras.constraints."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.constraints": (
            "Constraint MaxNorm MinMaxNorm NonNeg RadialConstraint UnitNorm deserialize get "
            "max_norm=MaxNorm min_max_norm=MinMaxNorm non_neg=NonNeg "
            "radial_constraint=RadialConstraint serialize unit_norm=UnitNorm"
        ),
    },
)
