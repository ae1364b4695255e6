"""Values known while the graph is built: constants, and what follows from constants and static shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.arrays import numpy_arrays
from perdure.graph import shapes
from perdure.graph.construction import split_by_argument
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.ops.registry import OpDefinition, lookup

# Values wanted while building are shapes, axes and indices; whoever makes larger ones wants them computed
# in a step, not here.
_MAX_ELEMENTS = 10_000
_MAX_DEPTH = 60


def known_value(tensor: Tensor, depth: int = 0) -> np.ndarray | None:
    """The value of `tensor` if it depends on nothing but constants and static shapes, else None."""
    op = tensor.op
    if op.type == "Const":
        return op.attrs["value"]
    if op.type == "PlaceholderWithDefault":
        return None  # something else may be fed
    if depth > _MAX_DEPTH or op.signature.is_stateful or not _is_small(tensor._shape):
        return None
    if op.type in ("Shape", "ShapeN", "Size", "Rank"):
        return _from_static_shape(tensor)
    definition = lookup(op.type)
    if definition is None or definition.kernel_rule is None or not is_pure(definition):
        return None
    if not op.inputs:
        return None
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
    rule = _ENTRY_RULES.get(op.type)
    if rule is not None and depth < _MAX_DEPTH:
        entries = rule(op, depth + 1)
        if entries is not None:
            return entries
    shape = tensor._shape
    if shape is None or len(shape) > 1 or shape and shape[0] is None:
        return None
    unknown: list[int | None] = [None] * ((shape[0] or 0) if shape else 1)
    return unknown


def _entries_of_shape(op: Operation, depth: int) -> list[int | None] | None:
    shape = op.inputs[0]._shape
    return None if shape is None else list(shape)


def _entries_of_pack(op: Operation, depth: int) -> list[int | None] | None:
    if op.inputs[0]._shape != ():
        return None
    entries: list[int | None] = []
    for source in op.inputs:
        entries += _known_entries(source, depth) or [None]
    return entries


def _entries_of_concat(op: Operation, depth: int) -> list[int | None] | None:
    parts = op.inputs[:-1] if op.type == "ConcatV2" else op.inputs[1:]
    entries: list[int | None] = []
    for part in parts:
        known = _known_entries(part, depth)
        if known is None:
            return None
        entries += known
    return entries


def _entries_of_strided_slice(op: Operation, depth: int) -> list[int | None] | None:
    entries = _known_entries(op.inputs[0], depth)
    bounds = [known_value(tensor, depth) for tensor in op.inputs[1:]]
    if entries is None or any(bound is None or len(bound) != 1 for bound in bounds):
        return None
    attrs = op.attrs
    if attrs["ellipsis_mask"] or attrs["new_axis_mask"]:
        return None
    begin, end, stride = (int(bound[0]) for bound in bounds)  # type: ignore[index]
    if attrs["shrink_axis_mask"]:
        return [entries[begin]] if -len(entries) <= begin < len(entries) else None
    start = None if attrs["begin_mask"] else begin
    stop = None if attrs["end_mask"] else end
    return entries[slice(start, stop, stride)]


def _entries_of_slice(op: Operation, depth: int) -> list[int | None] | None:
    entries = _known_entries(op.inputs[0], depth)
    begin, size = (known_value(tensor, depth) for tensor in op.inputs[1:])
    if entries is None or begin is None or size is None:
        return None
    start, count = int(np.ravel(begin)[0]), int(np.ravel(size)[0])
    return entries[start:] if count < 0 else entries[start : start + count]


def _entries_of_same(op: Operation, depth: int) -> list[int | None] | None:
    return _known_entries(op.inputs[0], depth)


_ENTRY_RULES = {
    "Shape": _entries_of_shape,
    "Pack": _entries_of_pack,
    "Concat": _entries_of_concat,
    "ConcatV2": _entries_of_concat,
    "StridedSlice": _entries_of_strided_slice,
    "Slice": _entries_of_slice,
    "Cast": _entries_of_same,
    "Identity": _entries_of_same,
    "Reshape": _entries_of_same,
    "ExpandDims": _entries_of_same,
    "Squeeze": _entries_of_same,
}


def _from_static_shape(tensor: Tensor) -> np.ndarray | None:
    op = tensor.op
    shape = op.inputs[tensor.value_index]._shape
    dtype = tensor.dtype.as_numpy_dtype
    if shape is None:
        return None
    if op.type == "Rank":
        return np.array(len(shape), dtype)
    if None in shape:
        return None
    if op.type == "Size":
        return np.prod(np.array(shape, np.int64)).astype(dtype).reshape(())
    return np.array(shape, dtype)


def _is_small(shape: shapes.Shape) -> bool:
    count = shapes.num_elements(shape) if shape is not None else None
    return count is None or count <= _MAX_ELEMENTS


def is_pure(definition: OpDefinition) -> bool:
    """Whether an op's outputs depend on its inputs and attributes alone."""
    rule = definition.kernel_rule
    return not (
        definition.signature.is_stateful
        or definition.updates
        or definition.handles
        or definition.reads
        or definition.setup
        or rule is not None
        and {"rng", "calls", "resources", "step"}.intersection(rule.attrs)
    )


def evaluate(definition: OpDefinition, op: Operation, values: list[Any]) -> list[Any]:
    """Run the kernel of a pure op once, with NumPy; returns its outputs, flat."""
    rule = definition.kernel_rule
    assert rule is not None
    arguments = definition.signature.inputs
    by_name = dict(
        zip(
            (argument.name for argument in arguments),
            split_by_argument(values, arguments, op.attrs),
            strict=True,
        )
    )
    extras = {"node_name": op.name}
    attrs = {name: extras[name] if name in extras else op.attrs[name] for name in rule.attrs}
    result = rule.function(numpy_arrays(), *[by_name[name] for name in rule.arguments], **attrs)
    return list(result) if isinstance(result, (list, tuple)) else [result]
