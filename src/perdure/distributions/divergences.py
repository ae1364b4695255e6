"""Kullback-Leibler divergences, by pairs of classes of distributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from perdure.functional.array.array import identity
from perdure.functional.control.assertions import Assert
from perdure.functional.math.reductions import reduce_any
from perdure.functional.math.unary import is_nan, logical_not
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.tensor import Tensor

F = TypeVar("F", bound=Callable[..., Any])

_divergences: dict[tuple[type, type], Callable[..., Any]] = {}


def _registered(first: type, second: type) -> Callable[..., Any] | None:
    """The function of the nearest pair of ancestors."""
    pairs = [
        (i + j, i, (a, b))
        for i, a in enumerate(first.__mro__)
        for j, b in enumerate(second.__mro__)
        if (a, b) in _divergences
    ]
    return _divergences[min(pairs)[2]] if pairs else None


def kl_divergence(
    distribution_a: Any, distribution_b: Any, allow_nan_stats: bool = True, name: str | None = None
) -> Tensor:
    """The divergence of one distribution from another, for each of a batch.

    Args:
        distribution_a, distribution_b: the distributions.
        allow_nan_stats: whether it may be NaN.
        name: the name scope of the new operations.

    Raises:
        NotImplementedError: nothing is known of two of their classes.
    """
    function = _registered(type(distribution_a), type(distribution_b))
    if function is None:
        raise NotImplementedError(
            "No KL(distribution_a || distribution_b) registered for distribution_a type "
            f"{type(distribution_a).__name__} and distribution_b type {type(distribution_b).__name__}"
        )
    with name_scope("KullbackLeibler"):
        found: Tensor = function(distribution_a, distribution_b, name=name)
        if allow_nan_stats:
            return found
        found = identity(found, name="kl")
        is_number = logical_not(reduce_any(is_nan(found)))
        message = (
            f"KL calculation between {distribution_a.name} and {distribution_b.name} returned NaN values "
            "(and was called with allow_nan_stats=False). Values:"
        )
        with control_dependencies([Assert(is_number, [message, found])]):
            return identity(found, name="checked_kl")


def cross_entropy(ref: Any, other: Any, allow_nan_stats: bool = True, name: str | None = None) -> Tensor:
    """The cross entropy of two distributions.

    Args:
        ref, other: the distributions.
        allow_nan_stats: whether it may be NaN.
        name: the name scope of the new operations.
    """
    with name_scope(name, "cross_entropy"):
        return ref.entropy() + kl_divergence(ref, other, allow_nan_stats=allow_nan_stats)


class RegisterKL:
    """Makes a function the divergence of distributions of two classes.

    Args:
        dist_cls_a, dist_cls_b: the classes.
    """

    def __init__(self, dist_cls_a: type, dist_cls_b: type) -> None:
        self._key = dist_cls_a, dist_cls_b

    def __call__(self, kl_fn: F) -> F:
        """The function, as it is: it takes two distributions and a name.

        Raises:
            TypeError: it cannot be called.
            ValueError: there is one of these classes.
        """
        if not callable(kl_fn):
            raise TypeError(f"kl_fn must be callable, received: {kl_fn}")
        if self._key in _divergences:
            a, b = self._key
            raise ValueError(
                f"KL({a.__name__} || {b.__name__}) has already been registered to: {_divergences[self._key]}"
            )
        _divergences[self._key] = kl_fn
        return kl_fn
