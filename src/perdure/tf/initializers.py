"""tf.initializers: the first values of variables."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.random.initializers": (
            "constant=Constant glorot_normal=GlorotNormal glorot_uniform=GlorotUniform he_normal "
            "he_uniform identity=Identity lecun_normal lecun_uniform ones=Ones "
            "orthogonal=Orthogonal random_normal=RandomNormal random_uniform=RandomUniform "
            "truncated_normal=TruncatedNormal uniform_unit_scaling=UniformUnitScaling "
            "variance_scaling=VarianceScaling zeros=Zeros"
        ),
        "functional.state.resources": "tables_initializer",
        "variables.collections": (
            "global_variables=global_variables_initializer "
            "local_variables=local_variables_initializer variables=variables_initializer"
        ),
    },
)
