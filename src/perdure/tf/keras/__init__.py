"""tf.keras."""

from perdure.tf._lazy import namespace

__version__ = "2.2.4-tf"

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.engine.input_layer": "Input",
        "keras.engine.model": "Model",
        "keras.engine.sequential": "Sequential",
    },
    submodules=(
        "activations applications backend callbacks constraints datasets experimental "
        "initializers layers losses metrics models optimizers preprocessing regularizers "
        "utils wrappers"
    ),
)
