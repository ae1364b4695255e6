"""Optimizers outside of the graph, which ask it for the loss and its gradients: SciPy's."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from perdure.functional.array.array import placeholder, reshape, zeros_like
from perdure.functional.array.joining import concat
from perdure.gradients import gradients
from perdure.graph.stacks import get_default_session
from perdure.platform import logging
from perdure.variables.collections import trainable_variables

# From a vector of all variables to the values of some tensors.
Evaluator = Callable[[Any], list[Any]]


class ExternalOptimizerInterface:
    """What optimizers outside of the graph have in common; a subclass implements `_minimize`.

    Args:
        loss: the scalar to minimize.
        var_list: the variables to change; all trainable ones if None.
        equalities: tensors that shall be 0.
        inequalities: tensors that shall be at least 0.
        var_to_bounds: variable -> (lowest, highest), numbers or arrays that broadcast to its shape.
        **optimizer_kwargs: for the optimizer.
    """

    def __init__(
        self,
        loss: Any,
        var_list: Any = None,
        equalities: Sequence[Any] | None = None,
        inequalities: Sequence[Any] | None = None,
        var_to_bounds: dict[Any, Any] | None = None,
        **optimizer_kwargs: Any,
    ) -> None:
        self._loss = loss
        self._equalities = equalities or []
        self._inequalities = inequalities or []
        self._vars = trainable_variables() if var_list is None else list(var_list)
        self._packed_bounds = None if var_to_bounds is None else _bounds(self._vars, var_to_bounds)
        self._update_placeholders = [placeholder(var.dtype) for var in self._vars]
        self._var_updates = [
            var.assign(reshape(value, _shape(var)))
            for var, value in zip(self._vars, self._update_placeholders, strict=True)
        ]
        loss_gradients = _gradients(loss, self._vars)
        equality_gradients = [_gradients(equality, self._vars) for equality in self._equalities]
        inequality_gradients = [_gradients(inequality, self._vars) for inequality in self._inequalities]
        self.optimizer_kwargs = optimizer_kwargs
        self._packed_var = self._pack(self._vars)
        self._packed_loss_grad = self._pack(loss_gradients)
        self._packed_equality_grads = [self._pack(each) for each in equality_gradients]
        self._packed_inequality_grads = [self._pack(each) for each in inequality_gradients]
        ends = accumulate((math.prod(_shape(var)) for var in self._vars), initial=0)
        self._packing_slices = [slice(start, end) for start, end in pairwise(ends)]

    def minimize(
        self,
        session: Any = None,
        feed_dict: dict[Any, Any] | None = None,
        fetches: Sequence[Any] | None = None,
        step_callback: Callable[..., Any] | None = None,
        loss_callback: Callable[..., Any] | None = None,
        **run_kwargs: Any,
    ) -> None:
        """Minimize the loss, and leave the variables where it is smallest.

        Args:
            session: the session; the default one if None.
            feed_dict: fed whenever the loss or a constraint is computed.
            fetches: computed with the loss, for `loss_callback`.
            step_callback: called after each step of the optimizer with the vector of all variables.
            loss_callback: called with the values of `fetches` after each evaluation of the loss.
            **run_kwargs: for the last `session.run`, which assigns the variables.
        """
        session = session or get_default_session()
        feed_dict = feed_dict or {}
        fetched = list(fetches or [])
        loss_callback = loss_callback or (lambda *values: None)
        step_callback = step_callback or (lambda xk: None)

        def evaluators(tensors: Sequence[Any]) -> list[Evaluator]:
            return [self._make_eval_func(tensor, session, feed_dict, fetched) for tensor in tensors]

        found = self._minimize(
            initial_val=session.run(self._packed_var),
            loss_grad_func=self._make_eval_func(
                [self._loss, self._packed_loss_grad], session, feed_dict, fetched, loss_callback
            ),
            equality_funcs=evaluators(self._equalities),
            equality_grad_funcs=evaluators(self._packed_equality_grads),
            inequality_funcs=evaluators(self._inequalities),
            inequality_grad_funcs=evaluators(self._packed_inequality_grads),
            packed_bounds=self._packed_bounds,
            step_callback=step_callback,
            optimizer_kwargs=self.optimizer_kwargs,
        )
        values = [found[part] for part in self._packing_slices]
        feeds = dict(zip(self._update_placeholders, values, strict=True))
        session.run(self._var_updates, feed_dict=feeds, **run_kwargs)

    def _minimize(
        self,
        initial_val: Any,
        loss_grad_func: Evaluator,
        equality_funcs: list[Evaluator],
        equality_grad_funcs: list[Evaluator],
        inequality_funcs: list[Evaluator],
        inequality_grad_funcs: list[Evaluator],
        packed_bounds: list[tuple[Any, Any]] | None,
        step_callback: Callable[..., Any],
        optimizer_kwargs: dict[str, Any],
    ) -> Any:
        """The vector of all variables at which the loss is smallest."""
        raise NotImplementedError(
            "To use ExternalOptimizerInterface, subclass from it and implement the _minimize() method."
        )

    @classmethod
    def _pack(cls, tensors: Sequence[Any]) -> Any:
        """Tensors as one vector."""
        if not tensors:
            return None
        if len(tensors) == 1:
            return reshape(tensors[0], [-1])
        return concat([reshape(tensor, [-1]) for tensor in tensors], 0)

    def _make_eval_func(
        self,
        tensors: Any,
        session: Any,
        feed_dict: dict[Any, Any],
        fetches: list[Any],
        callback: Callable[..., Any] | None = None,
    ) -> Evaluator:
        """A function from the vector of all variables to the values of tensors."""
        wanted = tensors if isinstance(tensors, list) else [tensors]

        def evaluate(x: Any) -> list[Any]:
            feeds = {
                var: x[part].reshape(_shape(var))
                for var, part in zip(self._vars, self._packing_slices, strict=True)
            }
            values = session.run(wanted + fetches, feed_dict={**feeds, **feed_dict})
            if callback is not None:
                callback(*values[len(wanted) :])
            return list(values[: len(wanted)])

        return evaluate


class ScipyOptimizerInterface(ExternalOptimizerInterface):
    """Minimizes with `scipy.optimize.minimize`; keyword arguments are for that (`method`, `options` ...).

    Bounds are `var_to_bounds`; the methods that know constraints take `equalities` and `inequalities`.
    """

    _DEFAULT_METHOD = "L-BFGS-B"

    def _minimize(
        self,
        initial_val: Any,
        loss_grad_func: Evaluator,
        equality_funcs: list[Evaluator],
        equality_grad_funcs: list[Evaluator],
        inequality_funcs: list[Evaluator],
        inequality_grad_funcs: list[Evaluator],
        packed_bounds: list[tuple[Any, Any]] | None,
        step_callback: Callable[..., Any],
        optimizer_kwargs: dict[str, Any],
    ) -> Any:
        def loss_and_gradient(x: Any) -> tuple[Any, Any]:
            loss, gradient = loss_grad_func(x)
            return loss, gradient.astype("float64")

        given = dict(optimizer_kwargs)
        method = given.pop("method", self._DEFAULT_METHOD)
        constraints = [
            {"type": kind, "fun": _in_doubles(value), "jac": _in_doubles(gradient)}
            for kind, values, gradients_ in (
                ("eq", equality_funcs, equality_grad_funcs),
                ("ineq", inequality_funcs, inequality_grad_funcs),
            )
            for value, gradient in zip(values, gradients_, strict=True)
        ]
        own = {
            "jac": True,
            "callback": step_callback,
            "method": method,
            "constraints": constraints,
            "bounds": packed_bounds,
        }
        for name in own:
            if name not in given:
                continue
            if name == "bounds":
                raise ValueError("Bounds must be set using the var_to_bounds argument")
            raise ValueError(
                f"Optimizer keyword arg '{name}' is set automatically and cannot be injected manually"
            )
        from scipy import optimize

        result = optimize.minimize(loss_and_gradient, np.asarray(initial_val, np.float64), **own, **given)
        lines = ["Optimization terminated with:", "  Message: %s", "  Objective function value: %f"]
        values = [result.message, result.fun]
        for name, words in (("nit", "iterations"), ("nfev", "functions evaluations")):
            if hasattr(result, name):
                lines.append(f"  Number of {words}: %d")
                values.append(result[name])
        logging.info("\n".join(lines), *values)
        return result["x"]


def _bounds(variables: Sequence[Any], var_to_bounds: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """(lowest, highest) for each entry of the vector of all variables."""
    lowest: list[Any] = []
    highest: list[Any] = []
    for var in variables:
        low, high = var_to_bounds.get(var, (-np.inf, np.inf))
        lowest.extend(np.broadcast_to(low, _shape(var)).flat)
        highest.extend(np.broadcast_to(high, _shape(var)).flat)
    return list(zip(lowest, highest, strict=True))


def _in_doubles(evaluator: Evaluator) -> Callable[[Any], Any]:
    """One value as SciPy's compiled methods want it."""
    return lambda x: np.atleast_1d(np.asarray(evaluator(x)[0], np.float64))


def _shape(tensor: Any) -> tuple[int, ...]:
    return tuple(tensor.get_shape().as_list())


def _gradients(tensor: Any, variables: Sequence[Any]) -> list[Any]:
    found = gradients(tensor, variables)
    return [zeros_like(var) if grad is None else grad for var, grad in zip(variables, found, strict=True)]
