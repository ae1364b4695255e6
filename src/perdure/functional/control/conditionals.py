"""Conditionals: `tf.cond` and what decides at once where it can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.functional.array.array import identity
from perdure.functional.control.cond_context import CondContext
from perdure.functional.control.control_flow import merge, switch
from perdure.functional.control.tensor_arrays import with_flows
from perdure.functional.control.version import uses_functions
from perdure.functional.math import cast
from perdure.functional.structure import check_same, leaves_of, pack
from perdure.graph import dtypes, hooks, nest
from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import add_to_collection, get_default_graph, name_scope
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor


def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Callable[[], Any] | None = None,
    fn2: Callable[[], Any] | None = None,
) -> Any:
    """The result of one of two functions, chosen when the graph runs.

    Both functions are called once, now, to make their operations; those of the branch that is not taken do
    not run, and change no variable.  What they use from outside is computed in any case.

    Args:
        pred: a boolean scalar tensor.
        true_fn: makes the result if `pred` holds.
        false_fn: makes the result if it does not; of the same structure and types.
        strict: whether lists and tuples of one element stay what they are.
        name: the name scope.
        fn1: the older name of `true_fn`.
        fn2: the older name of `false_fn`.

    Returns:
        The results in the structure that the functions return; a boolean tensor for an operation.

    Raises:
        TypeError: a function is missing or not callable, or `pred` is a Python bool.
        ValueError: the functions return nothing, or results of different structure or types.
    """
    graph = get_default_graph()
    if uses_functions(graph):
        return hooks.cond_v2(pred, true_fn, false_fn, name)
    true_fn = _named_function("true_fn", true_fn, "fn1", fn1)
    false_fn = _named_function("false_fn", false_fn, "fn2", fn2)
    if not callable(true_fn):
        raise TypeError("true_fn must be callable.")
    if not callable(false_fn):
        raise TypeError("false_fn must be callable.")
    with name_scope(name, "cond", [pred]):
        if isinstance(pred, bool):
            raise TypeError("pred must not be a Python bool")
        without, with_ = switch(pred, pred)
        pivots = identity(with_, name="switch_t"), identity(without, name="switch_f")
        pred = identity(pred, name="pred_id")
        for tensor in (with_, *pivots, pred):
            tensor.graph.prevent_fetching(tensor.op)
        true = _Branch(pred, pivots[0], 1, true_fn)
        false = _Branch(pred, pivots[1], 0, false_fn)
        merged = _merged(true, false, strict)
        if true.context.outer_context is None:
            add_to_collection(GraphKeys.COND_CONTEXT, true.context)
            add_to_collection(GraphKeys.COND_CONTEXT, false.context)
        return merged if strict else _unpacked(merged)


def _named_function(name: str, given: Any, old_name: str, old: Any) -> Any:
    if old is not None:
        if given is not None:
            raise TypeError(f"cond(): {name} and {old_name} may not be set simultaneously.")
        return old
    if given is None:
        raise TypeError(f"cond(): {name} argument required")
    return given


def _unpacked(result: Any) -> Any:
    return result[0] if isinstance(result, (list, tuple)) and len(result) == 1 else result


class _Branch:
    """A branch, made.

    Attributes:
        context: its context.
        returned: what its function returned.
        outputs: the tensors of that, as they are in the branch.
    """

    def __init__(self, pred: Tensor, pivot: Tensor, branch: int, function: Callable[[], Any]) -> None:
        self.context = CondContext(pred, pivot, branch)
        try:
            self.context.Enter()
            self.returned, outputs = self.context.BuildCondBranch(function)
            if self.returned is None:
                raise ValueError(f"{'true' if branch else 'false'}_fn must have a return value.")
            self.outputs: Any = outputs
            self.context.ExitResult(leaves_of(outputs))
        finally:
            self.context.Exit()


def _merged(true: _Branch, false: _Branch, strict: bool) -> Any:
    """The results of both branches as one, in their structure."""
    returned = [branch.returned if strict else _unpacked(branch.returned) for branch in (true, false)]
    _check_same_structure(returned, [true.outputs, false.outputs])
    if not true.outputs:
        raise ValueError("true_fn and false_fn must return at least one result.")
    pairs = list(zip(leaves_of(true.outputs), leaves_of(false.outputs), strict=True))
    for one, other in pairs:
        if one.dtype.base_dtype != other.dtype.base_dtype:
            raise ValueError(
                "Outputs of true_fn and false_fn must have the same type: "
                f"{one.dtype.name}, {other.dtype.name}"
            )
    merges = [merge([other, one])[0] for one, other in pairs]
    return pack(returned[0], with_flows(leaves_of(returned[0]), merges))


def _check_same_structure(returned: list[Any], outputs: list[Any]) -> None:
    try:
        check_same(*returned)
    except (TypeError, ValueError):
        # IndexedSlices may differ in the type of their indices.
        nest.map_structure(_widen_indices, *returned)
        nest.map_structure(_widen_indices, *outputs)
        try:
            check_same(*returned)
        except TypeError as error:
            raise TypeError(f"Incompatible return types of true_fn and false_fn: {error}") from None
        except ValueError as error:
            raise ValueError(f"Incompatible return values of true_fn and false_fn: {error}") from None


def _widen_indices(one: Any, other: Any) -> None:
    if (
        isinstance(one, IndexedSlices)
        and isinstance(other, IndexedSlices)
        and one.indices.dtype != other.indices.dtype
    ):
        one._indices = cast.cast(one.indices, dtypes.int64)
        other._indices = cast.cast(other.indices, dtypes.int64)


def smart_cond(
    pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], name: str | None = None
) -> Any:
    """As `cond`, but a `pred` that is known now decides at once, and only that function is called.

    Args:
        pred: a boolean tensor, a Python bool, 0 or 1.
        true_fn, false_fn: see `cond`.
        name: the name scope of the conditional, if there is one.

    Raises:
        TypeError: a function is not callable, or `pred` is of another kind.
    """
    if not callable(true_fn):
        raise TypeError("`true_fn` must be callable.")
    if not callable(false_fn):
        raise TypeError("`false_fn` must be callable.")
    known = smart_constant_value(pred)
    if known is None:
        return cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return true_fn() if known else false_fn()


def smart_constant_value(pred: Any) -> bool | None:
    """The value of a condition if it is known now, else None.

    Raises:
        TypeError: `pred` is neither a tensor nor a bool, 0 or 1.
    """
    if hasattr(pred, "_as_graph_element"):
        pred = convert_to_tensor(pred)
    if isinstance(pred, Tensor):
        value = constant_value(pred)
        return None if value is None else bool(value)
    if isinstance(pred, (bool, np.bool_)) or (isinstance(pred, int) and pred in (0, 1)):
        return bool(pred)
    raise TypeError(f"`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {type(pred)}")
