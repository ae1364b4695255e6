"""tf.contrib.eager: what of it graphs have, too."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functions.def_function": "function",
        "functions.polymorphic": "defun",
        "gradients": "custom_gradient",
        "graph.type_spec": "TensorSpec",
        "tracking.auto": "Checkpointable=AutoTrackable",
        "training.checkpoints.checkpoint": "Checkpoint",
        "testing.modes": (
            "run_all_tests_in_graph_and_eager_modes=run_all_in_graph_and_eager_modes "
            "run_test_in_graph_and_eager_modes=run_in_graph_and_eager_modes"
        ),
        "variables.behavior": "enable_eager_execution executing_eagerly in_eager_mode=executing_eagerly",
        "variables.resource_variable": "Variable=ResourceVariable",
        "variables.template": "make_template=make_template_internal",
    },
)
