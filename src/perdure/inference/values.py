"""Values known while the graph is built: constants, and what follows from constants and static shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from perdure.arrays import numpy_arrays
from perdure.graph import shapes
from perdure.graph.construction import split_by_argument
from perdure.graph.operation import Operation
from perdure.graph.signatures import Signature
from perdure.graph.tensor import Tensor
from perdure.ops.capabilities import CAPABILITIES
from perdure.ops.registry import OpDefinition, lookup
from perdure.ops.traits import RANK_ONLY

# Values wanted while building are shapes, axes and indices; whoever makes larger ones wants them computed
# in a step, not here.
_MAX_ELEMENTS = 10_000
_MAX_DEPTH = 60


class Known:
    """What is known of a tensor while a graph is built, for the rules of ops (`OpDefinition.entries`)."""

    __slots__ = ("_tensor", "_depth")

    def __init__(self, tensor: Tensor, depth: int) -> None:
        self._tensor = tensor
        self._depth = depth

    @property
    def shape(self) -> shapes.Shape:
        """Its static shape."""
        return self._tensor._shape

    @property
    def value(self) -> np.ndarray | None:
        """Its value, if that depends on nothing but constants and static shapes."""
        return known_value(self._tensor, self._depth)

    @property
    def entries(self) -> list[int | None] | None:
        """The entries of a vector or scalar of integers; None if not even its length is known."""
        return _known_entries(self._tensor, self._depth)


def known_value(tensor: Tensor, depth: int = 0) -> np.ndarray | None:
    """The value of `tensor` if it depends on nothing but constants and static shapes, else None."""
    op = tensor.op
    if op.type == "Const":
        return op.attrs["value"]
    if depth > _MAX_DEPTH or op.signature.is_stateful or not _is_small(tensor._shape):
        return None
    definition = lookup(op.type)
    if definition is None or not definition.is_pure or not definition.traits.foldable or not op.inputs:
        return None
    if definition.traits.kept:
        return None  # the program's own function is called in steps, not while it builds a graph
    if definition.traits.reads_only is not None:
        return _from_static_shapes(definition, tensor)
    values = []
    for source in op.inputs:
        value = known_value(source, depth + 1)
        if value is None:
            return None
        values.append(value)
    try:
        with np.errstate(all="ignore"):
            outputs = evaluate(definition, op, values)
    except Exception:
        return None  # it fails when it runs, and says so then
    return np.asarray(outputs[tensor.value_index])


def known_sizes(tensor: Tensor) -> shapes.Shape:
    """The shape that the integer vector `tensor` describes, with None for sizes that are not known.

    Negative sizes count as not known, as in `tf.reshape(x, [-1, 3])`.

    Returns:
        A plain shape; None if not even the length of the vector is known.
    """
    sizes = known_entries(tensor)
    return None if sizes is None else tuple(None if s is None or s < 0 else s for s in sizes)


def known_entries(tensor: Tensor) -> shapes.Shape:
    """The entries of an integer vector, negative ones too, with None for those that are not known.

    Raises:
        ValueError: it has more than one axis.
    """
    if tensor._shape is not None and len(tensor._shape) > 1:
        raise ValueError(f"Shape must be rank 1 but is rank {len(tensor._shape)}")
    entries = _known_entries(tensor, 0)
    return None if entries is None else tuple(entries)


def _known_entries(tensor: Tensor, depth: int) -> list[int | None] | None:
    value = known_value(tensor, depth)
    if value is not None:
        return [int(size) for size in np.ravel(value)]
    op = tensor.op
    if depth < _MAX_DEPTH:
        entries = _entries_by_rule(op, depth + 1)
        if entries is not None:
            return entries
    shape = tensor._shape
    if shape is None or len(shape) > 1 or shape and shape[0] is None:
        return None
    unknown: list[int | None] = [None] * ((shape[0] or 0) if shape else 1)
    return unknown


def _entries_by_rule(op: Operation, depth: int) -> list[int | None] | None:
    """What the op's own rule says of the entries of its output; None if there is none, or nothing known."""
    definition = lookup(op.type)
    if definition is None:
        return None
    if definition.traits.keeps_elements:
        return _known_entries(op.inputs[0], depth)
    rule = definition.entries_rule
    if rule is None:
        return None
    known = by_name(op.signature, [Known(tensor, depth) for tensor in op.inputs], op.attrs)
    return rule.function(*[known[name] for name in rule.arguments], **{a: op.attrs[a] for a in rule.attrs})


class _OfShape:
    """Stands for an array where only its shape is asked for."""

    __slots__ = ("shape",)

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape


def _from_static_shapes(definition: OpDefinition, tensor: Tensor) -> np.ndarray | None:
    """The value of a tensor that depends on shapes alone, if they are known."""
    op = tensor.op
    asks_rank_only = definition.traits.reads_only is RANK_ONLY
    is_list = definition.signature.inputs[0].is_list
    stands: list[_OfShape] = []
    for i, source in enumerate(op.inputs):
        shape = source._shape
        if shape is not None and asks_rank_only:
            shape = (1,) * len(shape)
        if shape is None or None in shape:
            # Of several, each output is about the input at its place.
            if not is_list or i == tensor.value_index:
                return None
            shape = ()
        stands.append(_OfShape(shape))  # type: ignore[arg-type]
    return np.asarray(evaluate(definition, op, stands)[tensor.value_index])


def _is_small(shape: shapes.Shape) -> bool:
    count = shapes.num_elements(shape) if shape is not None else None
    return count is None or count <= _MAX_ELEMENTS


def evaluate(definition: OpDefinition, op: Operation, values: list[Any]) -> list[Any]:
    """Run the kernel of a pure op once, with NumPy; returns its outputs, flat."""
    rule = definition.kernel_rule
    assert rule is not None
    given = by_name(definition.signature, values, op.attrs)
    attrs = {
        # A pure op asks for nothing but what its node determines.
        name: CAPABILITIES[name].bind(definition, op, None) if name in CAPABILITIES else op.attrs[name]
        for name in rule.attrs
    }
    result = rule.function(numpy_arrays(), *[given[name] for name in rule.arguments], **attrs)
    if not isinstance(result, (list, tuple)):
        return [result]
    if any(output.is_list for output in definition.signature.outputs):
        return [item for part in result for item in (part if isinstance(part, (list, tuple)) else [part])]
    return list(result)


def by_name(signature: Signature, flat: Sequence[Any], attrs: Mapping[str, Any]) -> dict[str, Any]:
    """What belongs to the inputs of a node, by the names of its arguments; lists for lists."""
    arguments = signature.inputs
    items = split_by_argument(flat, arguments, attrs)
    return {argument.name: item for argument, item in zip(arguments, items, strict=True)}
