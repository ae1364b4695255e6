"""What a network of several tasks needs: gradients that are all 0 are no gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import zeros
from perdure.functional.control.conditionals import cond
from perdure.functional.control.control import no_op
from perdure.functional.math.binary import equal
from perdure.functional.math.clip import clip_by_global_norm, global_norm
from perdure.functional.math.reductions import count_nonzero
from perdure.graph.defaults import control_dependencies
from perdure.graph.dtypes import as_dtype
from perdure.graph.tensor import Tensor
from perdure.optimizers.optimizer import Optimizer

_UPDATES = ("_apply_dense", "_resource_apply_dense", "_apply_sparse", "_resource_apply_sparse")


class MultitaskOptimizerWrapper:
    """An optimizer that leaves a variable and its slots alone in steps whose gradient is 0 everywhere.

    Args:
        opt: the optimizer; it is changed itself.

    Raises:
        TypeError: `opt` is no optimizer.
    """

    def __init__(self, opt: Optimizer) -> None:
        if not isinstance(opt, Optimizer):
            raise TypeError("Supplied optimizer must be an instance of tf.train.Optimizer")
        self._opt = opt
        for name in _UPDATES:
            setattr(opt, name, _unless_zeros(getattr(opt, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opt, name)


def clip_gradients_by_global_norm(
    gradients_variables: Any, clip_norm: Any = 20.0
) -> tuple[list[Any], Tensor]:
    """Shrink gradients so that their norm together is not above a number; those that are all 0 do not count.

    Args:
        gradients_variables: (gradient, variable) pairs.
        clip_norm: the largest norm.

    Returns:
        (The pairs with clipped gradients, the norm before).
    """
    gradients, variables = zip(*gradients_variables, strict=True)
    norm = global_norm([None if gradient is None else _counted(gradient) for gradient in gradients])
    clipped, _ = clip_by_global_norm(gradients, clip_norm, use_norm=norm)
    return list(zip(clipped, variables, strict=True)), norm


def _counted(gradient: Any) -> Tensor:
    nothing = _is_all_zeros(gradient)
    return cond(nothing, lambda: zeros([], dtype=as_dtype(gradient.dtype)), lambda: gradient)


def _unless_zeros(update: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(grad: Any, *args: Any, **kwargs: Any) -> Any:
        nothing = _is_all_zeros(grad)

        def run() -> Any:
            with control_dependencies([update(grad, *args, **kwargs)]):
                return no_op()

        return cond(nothing, no_op, run)

    return wrapper


def _is_all_zeros(gradient: Any) -> Tensor:
    return equal(count_nonzero(gradient), 0)
