"""Conditionals of many branches: `tf.case`, `tf.switch_case`."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from perdure.functional.array.joining import stack
from perdure.functional.control.assertions import Assert
from perdure.functional.control.conditionals import cond
from perdure.functional.math import binary, cast
from perdure.functional.math.reductions import reduce_sum
from perdure.graph import dtypes, hooks
from perdure.graph.constants import constant
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor


def case(
    pred_fn_pairs: Any,
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """The result of the first function whose condition holds.

    Args:
        pred_fn_pairs: pairs of a boolean scalar tensor and a function, in a list or a dictionary.
        default: the function whose result is taken if no condition holds; without it, that is an error.
        exclusive: whether it is an error if several conditions hold.
        strict: see `cond`.
        name: the name scope.

    Raises:
        TypeError: the pairs are of the wrong kind.
        ValueError: there are none.
    """
    predicates, actions = _checked_pairs(pred_fn_pairs)
    with name_scope(name, "case", [predicates]):
        if default is None:
            default, predicates, actions = _default_action(predicates, actions)
        function = default
        for predicate, action in reversed(list(zip(predicates, actions, strict=True))):
            function = functools.partial(cond, predicate, true_fn=action, false_fn=function, strict=strict)
        if not exclusive:
            return function()
        with control_dependencies([_at_most(predicates, 1, "Input error: exclusive=True")]):
            return function()


def _checked_pairs(pairs: Any) -> tuple[list[Tensor], list[Callable[[], Any]]]:
    if not isinstance(pairs, (list, tuple, dict)):
        raise TypeError("fns must be a list, tuple, or dict")
    if not pairs:
        raise ValueError("case needs at least one pair of a predicate and a function")
    if isinstance(pairs, OrderedDict):
        pairs = list(pairs.items())
    elif isinstance(pairs, dict):
        pairs = sorted(pairs.items(), key=lambda item: item[0].name)
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError("Each entry in pred_fn_pairs must be a 2-tuple")
        predicate, function = pair
        if not isinstance(predicate, Tensor):
            raise TypeError(f"pred must be a Tensor, got: {predicate}")
        if predicate.dtype.base_dtype is not dtypes.bool:
            raise TypeError(f"pred must be Tensor of type bool: {predicate.name}")
        if not callable(function):
            raise TypeError(f"fn for pred {predicate.name} must be callable.")
    return [predicate for predicate, _ in pairs], [function for _, function in pairs]


def _default_action(
    predicates: list[Tensor], actions: list[Callable[[], Any]]
) -> tuple[Callable[[], Any], list[Tensor], list[Callable[[], Any]]]:
    """The last function as the default, which checks that it was meant."""
    last = len(predicates) - 1

    def default() -> Any:
        others = (
            f"Implementation error: selected default action #{last} was called, but some of other "
            "predicates are True: "
        )
        shown = (
            "Input error: None of conditions evaluated as True:",
            stack(predicates, name="preds_c"),
        )
        checks = [_at_most(predicates[:last], 0, others), Assert(predicates[last], data=shown)]
        with control_dependencies(checks):
            return actions[last]()

    return default, predicates[:last], actions[:last]


def _at_most(predicates: Sequence[Tensor], number: int, message: str) -> Operation:
    together = stack(predicates, name="preds_c")
    count = reduce_sum(cast.cast(together, dtypes.int32), name="num_true_conds")
    holds = binary.less_equal(count, constant(number, name="n_true_conds"))
    names = ", ".join(predicate.name for predicate in predicates)
    data = [
        f"{message}: more than {number} conditions ({names}) evaluated as True:",
        together,
    ]
    return Assert(holds, data=data, summarize=len(predicates))


def switch_case(
    branch_index: Any,
    branch_fns: Any,
    default: Callable[[], Any] | None = None,
    name: str = "switch_case",
) -> Any:
    """The result of the function that a number chooses.

    Args:
        branch_index: an integer scalar tensor.
        branch_fns: functions, or pairs of a number and a function, or a dictionary of these; the numbers
            must be 0, 1, 2 ...
        default: the function for other numbers; the last of `branch_fns` when None.
        name: the name scope.

    Raises:
        TypeError: arguments of the wrong kind.
        ValueError: no functions, or numbers with gaps.
    """
    functions = _indexed_functions(branch_index, branch_fns)
    if default is not None:
        functions.append(default)
    with name_scope(name, "case", [branch_index]):
        return hooks.indexed_case(branch_index, functions)


def _indexed_functions(branch_index: Any, branch_fns: Any) -> list[Callable[[], Any]]:
    if not isinstance(branch_index, Tensor):
        raise TypeError(f"branch_index must a Tensor, got {type(branch_index)}")
    if not branch_index.dtype.is_integer:
        raise TypeError(f"branch_index must an integer Tensor, got {branch_index.dtype}")
    if not branch_fns:
        raise ValueError("Must provide at least one item in branch_fns")
    if not isinstance(branch_fns, (list, tuple, dict)):
        raise TypeError("branch_fns must be a list, tuple, or dict")
    pairs: list[Any] = list(branch_fns.items()) if isinstance(branch_fns, Mapping) else list(branch_fns)
    if all(callable(function) for function in pairs):
        pairs = list(enumerate(pairs))
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError("Each entry in branch_fns must be a 2-tuple")
        key, function = pair
        if not isinstance(key, int):
            raise TypeError(f"key must be a Python `int`, got {type(key)}")
        if not callable(function):
            raise TypeError(f"fn for key {key} must be callable.")
    keys = sorted(key for key, _ in pairs)
    if keys != list(range(len(keys))):
        raise ValueError(
            f"branch indices (keys) must form contiguous range of [0 to {len(keys)}) but found "
            f"{{{','.join(map(str, keys))}}}"
        )
    return [function for _, function in sorted(pairs, key=lambda pair: pair[0])]
