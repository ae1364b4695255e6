"""tf.keras.losses."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.losses": (
            "BinaryCrossentropy CategoricalCrossentropy CategoricalHinge CosineSimilarity Hinge "
            "Huber KLD KLDivergence LogCosh Loss MAE MAPE MSE MSLE MeanAbsoluteError "
            "MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson "
            "SparseCategoricalCrossentropy SquaredHinge binary_crossentropy "
            "categorical_crossentropy categorical_hinge cosine cosine_proximity cosine_similarity "
            "deserialize get hinge kld kullback_leibler_divergence logcosh mae mape "
            "mean_absolute_error mean_absolute_percentage_error mean_squared_error "
            "mean_squared_logarithmic_error mse msle poisson serialize "
            "sparse_categorical_crossentropy squared_hinge"
        ),
    },
)
