"""`optimize_loss`: an operation that trains, with everything around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from perdure.functional.control.check_ops import assert_scalar
from perdure.functional.control.control import with_dependencies
from perdure.functional.math.cast import cast
from perdure.functional.math.clip import clip_by_global_norm, global_norm
from perdure.functional.random.initializers import Constant
from perdure.functional.random.random import truncated_normal
from perdure.functional.summaries.values import histogram, scalar
from perdure.graph.composite import IndexedSlices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import get_collection
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.optimizers.adagrad import AdagradOptimizer
from perdure.optimizers.adam import AdamOptimizer
from perdure.optimizers.ftrl import FtrlOptimizer
from perdure.optimizers.gradient_descent import GradientDescentOptimizer
from perdure.optimizers.momentum import MomentumOptimizer
from perdure.optimizers.optimizer import Optimizer
from perdure.optimizers.rmsprop import RMSPropOptimizer
from perdure.training.training_util import assert_global_step, get_global_step
from perdure.variables.collections import trainable_variables
from perdure.variables.variable_scope import get_variable, variable_scope

GradientsAndVariables = list[tuple[Any, Any]]

OPTIMIZER_CLS_NAMES: dict[str, Callable[..., Optimizer]] = {
    "Adagrad": AdagradOptimizer,
    "Adam": AdamOptimizer,
    "Ftrl": FtrlOptimizer,
    "Momentum": lambda learning_rate: MomentumOptimizer(learning_rate, momentum=0.9),
    "RMSProp": RMSPropOptimizer,
    "SGD": GradientDescentOptimizer,
}
OPTIMIZER_SUMMARIES = ["learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm"]


def optimize_loss(
    loss: Any,
    global_step: Any,
    learning_rate: Any,
    optimizer: Any,
    gradient_noise_scale: float | None = None,
    gradient_multipliers: Any = None,
    clip_gradients: Any = None,
    learning_rate_decay_fn: Any = None,
    update_ops: Iterable[Any] | None = None,
    variables: Any = None,
    name: str | None = None,
    summaries: Any = None,
    colocate_gradients_with_ops: bool = False,
    increment_global_step: bool = True,
) -> Tensor:
    """The loss, which moves the variables down its gradients when it is computed.

    Args:
        loss: a scalar.
        global_step: the step; that of the graph if None.
        learning_rate: a float, a scalar tensor, or None if the optimizer knows its own.
        optimizer: a name ("Adagrad", "Adam", "Ftrl", "Momentum", "RMSProp", "SGD"), a class, an optimizer,
            or a function from the learning rate to one.
        gradient_noise_scale: the deviation of noise that is added to gradients.
        gradient_multipliers: factors of gradients, by variables or their names.
        clip_gradients: the largest global norm, or a function that changes gradients.
        learning_rate_decay_fn: a function from the learning rate and the step to the rate that is used.
        update_ops: what runs before; `GraphKeys.UPDATE_OPS` if None.
        variables: what is trained; the trainable variables if None.
        name: the variable scope.
        summaries: which of `OPTIMIZER_SUMMARIES` are made; loss, learning rate and global norm if None.
        colocate_gradients_with_ops: see `Optimizer.compute_gradients`.
        increment_global_step: whether the step is counted.

    Raises:
        ValueError: a wrong argument, or no gradients.
    """
    loss = convert_to_tensor(loss)
    assert_scalar(loss)
    if global_step is None:
        global_step = get_global_step()
    else:
        assert_global_step(global_step)
    with variable_scope(name, "OptimizeLoss", [loss, global_step]):
        if update_ops is None:
            update_ops = dict.fromkeys(get_collection(GraphKeys.UPDATE_OPS))
        if update_ops:
            loss = with_dependencies(list(update_ops), loss)
        rate = _rate(learning_rate)
        if summaries is None:
            summaries = ["loss", "learning_rate", "global_gradient_norm"]
        for summary in summaries:
            if summary not in OPTIMIZER_SUMMARIES:
                raise ValueError(
                    f"Summaries should be one of [{', '.join(OPTIMIZER_SUMMARIES)}], you provided {summary}."
                )
        if learning_rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError("global_step is required for learning_rate_decay_fn.")
            rate = learning_rate_decay_fn(rate, global_step)
            if "learning_rate" in summaries:
                scalar("learning_rate", rate)
        made = _optimizer(optimizer, rate)
        pairs: GradientsAndVariables = made.compute_gradients(
            loss,
            trainable_variables() if variables is None else variables,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        if gradient_noise_scale is not None:
            pairs = [(_noisy(gradient, gradient_noise_scale), variable) for gradient, variable in pairs]
        if gradient_multipliers is not None:
            pairs = [(_multiplied(*pair, gradient_multipliers), pair[1]) for pair in pairs]
            if not pairs:
                raise ValueError(
                    "Empty list of (gradient, var) pairs encountered. This is most likely to be caused by an "
                    "improper value of gradient_multipliers."
                )
        with_norm = "global_gradient_norm" in summaries or "gradient_norm" in summaries
        if with_norm:
            scalar("global_norm/gradient_norm", global_norm([gradient for gradient, _ in pairs]))
        pairs = _clipped(pairs, clip_gradients)
        if "loss" in summaries:
            scalar("loss", loss)
        _summarize(pairs, summaries)
        if clip_gradients is not None and with_norm:
            scalar("global_norm/clipped_gradient_norm", global_norm([gradient for gradient, _ in pairs]))
        step = global_step if increment_global_step else None
        return with_dependencies([made.apply_gradients(pairs, global_step=step, name="train")], loss)


def _rate(learning_rate: Any) -> Any:
    """The learning rate as a tensor or a variable; None for none."""
    if learning_rate is None or (isinstance(learning_rate, Tensor) and learning_rate.shape.ndims == 0):
        return learning_rate
    if not isinstance(learning_rate, float):
        raise ValueError(
            f"Learning rate should be 0d Tensor or float. Got {learning_rate} of type {type(learning_rate)}"
        )
    if learning_rate < 0.0:
        raise ValueError("Invalid learning_rate %s.", learning_rate)
    return get_variable("learning_rate", [], trainable=False, initializer=Constant(learning_rate))


def _optimizer(optimizer: Any, rate: Any) -> Optimizer:
    is_class = isinstance(optimizer, type) and issubclass(optimizer, Optimizer)
    if isinstance(optimizer, str) or is_class:
        if rate is None:
            kind = "class" if is_class else "string"
            raise ValueError(
                f"Learning rate is None, but should be specified if optimizer is {kind} ({optimizer})."
            )
        if isinstance(optimizer, str):
            if optimizer not in OPTIMIZER_CLS_NAMES:
                raise ValueError(
                    f"Optimizer name should be one of [{', '.join(OPTIMIZER_CLS_NAMES)}], you provided "
                    f"{optimizer}."
                )
            optimizer = OPTIMIZER_CLS_NAMES[optimizer]
        made: Optimizer = optimizer(learning_rate=rate)
        return made
    if isinstance(optimizer, Optimizer):
        return optimizer
    if not callable(optimizer):
        raise ValueError(
            "Unrecognized optimizer: should be string, subclass of Optimizer, instance of subclass of "
            f"Optimizer or function with one argument. Got {optimizer}."
        )
    returned = optimizer() if rate is None else optimizer(rate)
    if not isinstance(returned, Optimizer):
        raise ValueError(
            f"Unrecognized optimizer: function should return subclass of Optimizer. Got {returned}."
        )
    return returned


def _noisy(gradient: Any, scale: float) -> Any:
    if gradient is None:
        return None
    shape = gradient.dense_shape if isinstance(gradient, IndexedSlices) else gradient.shape
    return gradient + truncated_normal(shape) * scale


def _multiplied(gradient: Any, variable: Any, factors: Any) -> Any:
    key = variable if variable in factors else variable.name
    if gradient is None or key not in factors:
        return gradient
    if isinstance(gradient, IndexedSlices):
        return IndexedSlices(gradient.values * factors[key], gradient.indices, gradient.dense_shape)
    return gradient * cast(factors[key], gradient.dtype)


def _clipped(pairs: GradientsAndVariables, clip_gradients: Any) -> GradientsAndVariables:
    if clip_gradients is None:
        return pairs
    if isinstance(clip_gradients, float):
        clipped, _ = clip_by_global_norm([gradient for gradient, _ in pairs], clip_gradients)
        return [(gradient, variable) for gradient, (_, variable) in zip(clipped, pairs, strict=True)]
    if not callable(clip_gradients):
        raise ValueError(f"Unknown type {type(clip_gradients)} for clip_gradients")
    changed: GradientsAndVariables = clip_gradients(pairs)
    return changed


def _summarize(pairs: GradientsAndVariables, summaries: Any) -> None:
    for gradient, variable in pairs:
        values = gradient.values if isinstance(gradient, IndexedSlices) else gradient
        if values is None:
            continue
        label = variable.name.replace(":", "_")
        if "gradients" in summaries:
            histogram(f"gradients/{label}", values)
        if "gradient_norm" in summaries:
            scalar(f"gradient_norm/{label}", global_norm([values]))
