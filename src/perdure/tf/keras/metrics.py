"""tf.keras.metrics."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.losses": (
            "KLD MAE MAPE MSE MSLE binary_crossentropy categorical_crossentropy cosine "
            "cosine_proximity hinge kld kullback_leibler_divergence mae mape mean_absolute_error "
            "mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mse "
            "msle poisson sparse_categorical_crossentropy squared_hinge"
        ),
        "keras.metrics.confusion": (
            "AUC FalseNegatives FalsePositives MeanIoU Precision Recall SensitivityAtSpecificity "
            "SpecificityAtSensitivity TrueNegatives TruePositives"
        ),
        "keras.metrics.functions": (
            "binary_accuracy categorical_accuracy sparse_categorical_accuracy "
            "sparse_top_k_categorical_accuracy top_k_categorical_accuracy"
        ),
        "keras.metrics.lookup": "deserialize get serialize",
        "keras.metrics.means": (
            "Accuracy BinaryAccuracy BinaryCrossentropy CategoricalAccuracy "
            "CategoricalCrossentropy CategoricalHinge CosineSimilarity Hinge KLDivergence "
            "LogCoshError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError "
            "MeanSquaredLogarithmicError Poisson SparseCategoricalAccuracy "
            "SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SquaredHinge "
            "TopKCategoricalAccuracy"
        ),
        "keras.metrics.metric": "Metric",
        "keras.metrics.reduce": "Mean MeanRelativeError MeanTensor RootMeanSquaredError Sum",
    },
)
