"""Conditionals: `tf.cond`, `tf.case`, `tf.switch_case`; loops are in `loops`.

Each makes one node that calls functions (If, While), and an Identity for each result under the name that
TensorFlow gives it (`cond/Merge`, `while/Exit`).  TensorFlow makes many nodes more; they are counted, so that
the random operations which follow have the seeds they have there.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from perdure.functional.array.joining import stack
from perdure.functional.control.control import Assert, with_dependencies
from perdure.functional.math import binary, cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.structure import check_same, leaves_of, pack
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, get_default_graph, name_scope
from perdure.graph.func_graph import FuncGraph, Function
from perdure.graph.graph import Graph
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor

# -- cond ----------------------------------------------------------------------------------


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
    true_fn = _named_function("true_fn", true_fn, "fn1", fn1)
    false_fn = _named_function("false_fn", false_fn, "fn2", fn2)
    if not callable(true_fn):
        raise TypeError("true_fn must be callable.")
    if not callable(false_fn):
        raise TypeError("false_fn must be callable.")
    with name_scope(name, "cond", [pred]):
        if isinstance(pred, bool):
            raise TypeError("pred must not be a Python bool")
        pred = convert_to_tensor(pred, name="pred")
        if pred.dtype.base_dtype is not dtypes.bool:
            raise TypeError(
                f"Input 'pred' of 'Switch' Op has type {pred.dtype.base_dtype.name} that does not match "
                "expected type of bool."
            )
        if pred.shape.ndims:
            raise ValueError(
                f"Shape must be rank 0 but is rank {pred.shape.ndims} for the predicate of a conditional "
                f"({pred.name}, op: 'Switch')"
            )
        graph = get_default_graph()
        if isinstance(graph, FuncGraph):
            pred = graph.capture(pred)
        count_as(graph, "Switch", "switch_t", "switch_f", "pred_id")
        branches = [
            _Branch(graph, "true", true_fn, strict),
            _Branch(graph, "false", false_fn, strict),
        ]
        _check_results(*branches)
        results = _if(graph, pred, *branches)
        merged = pack(branches[0].result, [g.identity(result, name="Merge") for result in results])
        return merged if strict else _unpacked(merged)


def _named_function(name: str, given: Any, old_name: str, old: Any) -> Any:
    if old is not None:
        if given is not None:
            raise TypeError(f"cond(): {name} and {old_name} may not be set simultaneously.")
        return old
    if given is None:
        raise TypeError(f"cond(): {name} argument required")
    return given


def count_as(graph: Graph, *names: str) -> None:
    """Take the names of operations that only TensorFlow makes, and count them."""
    for name in names:
        graph.unique_name(name)
    graph.count(len(names))


def _unpacked(result: Any) -> Any:
    return result[0] if isinstance(result, (list, tuple)) and len(result) == 1 else result


class _Branch:
    """The body that a function made, and what it returned.

    Attributes:
        kind: "true" or "false".
        graph: the body.
        result: what the function returned.
        outputs: the tensors of the body that are its results, flat.
    """

    def __init__(self, outer: Graph, kind: str, function: Callable[[], Any], strict: bool) -> None:
        self.kind = kind
        self.graph = FuncGraph(outer)
        with self.graph.as_default():
            result = function()
            if result is None:
                raise ValueError(f"{kind}_fn must have a return value.")
            self.outputs = [self._output(item) for item in leaves_of(result)]
        self.result = result if strict else _unpacked(result)

    def _output(self, item: Any) -> Tensor:
        if isinstance(item, Operation):
            # TensorFlow passes on the condition, behind the operation.
            condition = constant(self.kind == "true", name="pivot")
            self.graph.count(-1)
            item = with_dependencies([item], condition)
        tensor = self.graph.capture(convert_to_tensor(item))
        if tensor.dtype.is_ref_dtype:
            # The result of an assignment is read in the branch.
            tensor = uncounted(self.graph, lambda: g.identity(tensor, name="value"))
        return tensor


def uncounted(graph: Graph, make: Callable[[], Any]) -> Any:
    """What `make` makes with one operation that TensorFlow does not have."""
    made = make()
    graph.count(-1)
    return made


def _check_results(true: _Branch, false: _Branch) -> None:
    for rows, others in zip(slices_among(true.result), slices_among(false.result), strict=False):
        if rows.indices.dtype != others.indices.dtype:
            raise ValueError(
                "the indices of IndexedSlices that true_fn and false_fn return must have the same type: "
                f"{rows.indices.dtype.name}, {others.indices.dtype.name}"
            )
    try:
        check_same(true.result, false.result)
    except TypeError as error:
        raise TypeError(f"Incompatible return types of true_fn and false_fn: {error}") from None
    except ValueError as error:
        raise ValueError(f"Incompatible return values of true_fn and false_fn: {error}") from None
    if not true.outputs:
        raise ValueError("true_fn and false_fn must return at least one result.")
    for one, other in zip(true.outputs, false.outputs, strict=True):
        if one.dtype.base_dtype != other.dtype.base_dtype:
            raise ValueError(
                "Outputs of true_fn and false_fn must have the same type: "
                f"{one.dtype.name}, {other.dtype.name}"
            )


def slices_among(structure: Any) -> list[IndexedSlices]:
    """The IndexedSlices among the items of a list or tuple, or the one that it is."""
    items = structure if isinstance(structure, (list, tuple)) else [structure]
    return [item for item in items if isinstance(item, IndexedSlices)]


def _if(graph: Graph, pred: Tensor, true: _Branch, false: _Branch) -> list[Tensor]:
    inputs = shared_inputs([true.graph, false.graph])
    functions = [
        Function(
            function_name(graph, branch.kind),
            branch.graph,
            [branch.graph.placeholder_for(tensor) for tensor in inputs],
            list(branch.outputs),
        )
        for branch in (true, false)
    ]
    make = g.If if any(map(is_stateful, functions)) else g.stateless_if
    with control_dependencies([*true.graph.awaited, *false.graph.awaited]):
        results = uncounted(
            graph,
            lambda: make(
                pred,
                own_inputs(graph, inputs),
                Tout=[tensor.dtype.base_dtype for tensor in true.outputs],
                then_branch=functions[0],
                else_branch=functions[1],
                output_shapes=[merged_shape(*pair) for pair in zip(true.outputs, false.outputs, strict=True)],
                name="If",
            ),
        )
    return results


def function_name(graph: Graph, kind: str) -> str:
    """A name for the body of an operation that is made in the open name scope."""
    return f"{graph.scopes.name.replace('/', '_')}_{kind}_{graph.version}"


def shared_inputs(bodies: Sequence[FuncGraph]) -> list[Tensor]:
    """What the bodies of an operation take in, each tensor once."""
    return list(dict.fromkeys(tensor for body in bodies for tensor in body.captures))


def own_inputs(graph: Graph, tensors: Sequence[Tensor]) -> list[Tensor]:
    """`tensors` as those of `graph`; for a body, the placeholders that stand for them."""
    if not isinstance(graph, FuncGraph):
        return list(tensors)
    return [t if t.op.graph is graph else graph.placeholder_for(t) for t in tensors]


def is_stateful(function: Function) -> bool:
    """Whether a body has operations whose results do not depend on their inputs alone."""
    return any(op.signature.is_stateful for op in function.graph.get_operations())


def merged_shape(one: Tensor, other: Tensor) -> tuple[int | None, ...] | None:
    """What the shapes of two tensors have in common."""
    first, second = one._shape, other._shape
    if first is None or second is None or len(first) != len(second):
        return None
    return tuple(a if a == b else None for a, b in zip(first, second, strict=True))


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


# -- case ----------------------------------------------------------------------------------


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
        function = functions[-1]
        for number in reversed(range(len(functions) - 1)):
            function = functools.partial(_chosen, branch_index, number, functions[number], function)
        return function()


def _chosen(index: Tensor, number: int, one: Callable[[], Any], other: Callable[[], Any]) -> Any:
    return cond(binary.equal(index, number), one, other, strict=True)


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
