"""tf.keras.initializers."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.initializers": (
            "Constant Identity Initializer Ones Orthogonal RandomNormal RandomUniform "
            "TruncatedNormal VarianceScaling Zeros constant=Constant deserialize get "
            "glorot_normal=GlorotNormal glorot_uniform=GlorotUniform he_normal he_uniform "
            "identity=Identity lecun_normal lecun_uniform normal=RandomNormal ones=Ones "
            "orthogonal=Orthogonal random_normal=RandomNormal random_uniform=RandomUniform "
            "serialize truncated_normal=TruncatedNormal uniform=RandomUniform zeros=Zeros"
        ),
    },
)
