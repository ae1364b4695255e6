"""tf.gradients: walks the graph backwards and calls the ops' gradient functions."""

from perdure.gradients.custom import custom_gradient, grad_pass_through, recompute_grad
from perdure.gradients.driver import AggregationMethod, UnconnectedGradients, gradients
from perdure.gradients.registry import NotDifferentiable, RegisterGradient, no_gradient
from perdure.gradients.second_order import hessians

NoGradient = NotDifferentiable

__all__ = [
    "AggregationMethod",
    "NoGradient",
    "NotDifferentiable",
    "RegisterGradient",
    "UnconnectedGradients",
    "custom_gradient",
    "grad_pass_through",
    "gradients",
    "hessians",
    "no_gradient",
    "recompute_grad",
]
