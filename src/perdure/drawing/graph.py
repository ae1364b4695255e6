"""A graph as HTML for notebooks: a drawing of its scopes, variables, inputs and the tree of names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from perdure.drawing.layers import in_layers
from perdure.drawing.markup import STYLE, counted, details, escaped, size, table
from perdure.graph.graph import Graph
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor

VARIABLE_TYPES = ("VariableV2", "Variable", "VarHandleOp")
_INPUT_TYPES = ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault")
# Types that nearly every scope has.
_COMMON = frozenset((*VARIABLE_TYPES, "Identity", "Assign", "Shape", "ReadVariableOp", "AssignVariableOp"))
_FEW, _MANY, _SHOWN = 4, 24, 40  # boxes: fewer are opened, more are not made by opening, more are not drawn
_ROW, _HEIGHT = 66.0, 40.0
_BOLD, _LETTER = 7.6, 6.2  # how wide a letter of the first line is, and one of the second


def graph_html(graph: Graph) -> str:
    """A graph as HTML.

    Args:
        graph: the graph.
    """
    operations = graph.get_operations()
    variables = [op for op in operations if op.type in VARIABLE_TYPES]
    inputs = [op for op in operations if op.type in _INPUT_TYPES]
    trainable = {v.op.name for v in graph.get_collection(GraphKeys.TRAINABLE_VARIABLES) if hasattr(v, "op")}
    rows = [_variable_row(op, trainable) for op in variables]
    elements = sum(row[3] for row in rows if isinstance(row[3], int))
    nbytes = sum(_elements(op) * (_type(op).size or 0) for op in variables)
    parts = [
        f"<b>Graph</b> <span class='muted'>· {counted(len(operations), 'operation')} · "
        f"{counted(len(variables), 'variable')} with {counted(elements, 'element')}, {size(nbytes)}"
        f"{' · finalized' if graph.finalized else ''}</span>"
    ]
    if operations:
        parts.append(_drawing(operations))
        counts = Counter(op.type for op in operations).most_common()
        parts.append(details(f"Operations by type ({len(counts)})", table(("type", "count"), counts)))
        parts.append(details("Names", _tree(operations)))
    if inputs:
        listed = [(op.name, _type_name(op), _shape(op.outputs[0])) for op in inputs]
        parts.append(details(f"Inputs ({len(inputs)})", table(("name", "type", "shape"), listed), True))
    if variables:
        headers = ("name", "type", "shape", "elements", "trained")
        parts.append(details(f"Variables ({len(variables)})", table(headers, rows)))
    return f"<div class='perdure'>{STYLE}{''.join(parts)}</div>"


def _type(op: Operation):  # type: ignore[no-untyped-def]
    return (op.attrs["dtype"] if "dtype" in op.attrs else op.outputs[0].dtype).base_dtype


def _type_name(op: Operation) -> str:
    return str(_type(op).name)


def _elements(op: Operation) -> int:
    shape, count = op.attrs["shape"], 1
    for dimension in () if shape is None else shape:
        count *= dimension or 0
    return 0 if shape is None else count


def _variable_row(op: Operation, trainable: set[str]) -> tuple[str, str, str, int, str]:
    trained = "yes" if op.name in trainable else ""
    return op.name, _type_name(op), _sizes(op.attrs["shape"]), _elements(op), trained


def _shape(tensor: Tensor) -> str:
    return _sizes(tensor._shape)


def _sizes(shape: Sequence[int | None] | None) -> str:
    if shape is None:
        return "any shape"
    return f"[{', '.join('?' if dimension is None else str(dimension) for dimension in shape)}]"


# -- the tree of names -------------------------------------------------------------


def _tree(operations: Sequence[Operation], depth: int = 0) -> str:
    """Scopes that open at a click, with the operations in them."""
    groups: dict[str, list[Operation]] = {}
    for op in operations:
        groups.setdefault("/".join(op.name.split("/")[: depth + 1]), []).append(op)
    lines = []
    for name, inside in list(groups.items())[:60]:
        short = name.split("/")[-1]
        if len(inside) == 1 and inside[0].name == name:
            lines.append(f"<li>{_operation(inside[0], short)}</li>")
        else:
            own = "".join(f"<ul><li>{_operation(op, short)}</li></ul>" for op in inside if op.name == name)
            below = [op for op in inside if op.name != name]
            # A scope without end is not opened to its last level.
            body = own + (_tree(below, depth + 1) if depth < 8 else "")
            lines.append(f"<li>{details(f'{short}/ ({len(inside):,})', body)}</li>")
    if len(groups) > 60:
        lines.append(f"<li class='muted'>and {len(groups) - 60:,} more</li>")
    return f"<ul>{''.join(lines)}</ul>"


def _operation(op: Operation, name: str) -> str:
    made = ", ".join(f"{t.dtype.base_dtype.name} {_shape(t)}" for t in op.outputs[:3])
    return f"{escaped(name)} <span class='muted'>{escaped(op.type)} {escaped(made)}</span>"


# -- the drawing -------------------------------------------------------------------


def _drawing(operations: Sequence[Operation]) -> str:
    """Scopes as boxes, and what flows between them as arrows."""
    boxes = _boxes([op for op in operations if op.type not in ("Const", "NoOp")])
    numbers = {op: number for number, inside in enumerate(boxes.values()) for op in inside}
    flows = _flows(numbers, [_is_training(name, inside) for name, inside in boxes.items()])
    connected = sorted({n for flow in flows for n in flow}, key=lambda n: -len(list(boxes.values())[n]))
    drawn = sorted(connected[:_SHOWN])
    if len(drawn) < 2:
        return ""
    place = {number: i for i, number in enumerate(drawn)}
    flows = Counter({(place[s], place[t]): n for (s, t), n in flows.items() if s in place and t in place})
    names = [list(boxes)[number] for number in drawn]
    labels = [_label(name, boxes[name]) for name in names]
    widths = [max(len(first) * _BOLD, len(second) * _LETTER) + 24 for first, second in labels]
    layout = in_layers(widths, list(flows), _ROW)
    parts = list(_arrows(layout.bends, flows))
    for name, label, width, (x, y) in zip(names, labels, widths, layout.places, strict=True):
        parts.append(_box(name, label, boxes[name], width, x, y))
    left_out = [name for name in boxes if name not in set(names)]
    more = ""
    if left_out:
        listed = ", ".join(left_out[:8]) + (f" and {len(left_out) - 8:,} more" if len(left_out) > 8 else "")
        more = f"<p class='muted'>Not drawn: {escaped(listed)}</p>"
    width, height = layout.width + 4, layout.height
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='-2 0 {width:.0f} {height:.0f}' "
        f"width='{width:.0f}' role='img' aria-label='the scopes of the graph'>{''.join(parts)}</svg>{more}"
    )


def _is_training(name: str, inside: Sequence[Operation]) -> bool:
    """Whether a box is gradients, or updates variables by them."""
    updates = any(op.type.startswith(("Apply", "ResourceApply", "ScatterSub")) for op in inside)
    return name.startswith("gradients") or updates


def _flows(numbers: dict[Operation, int], training: Sequence[bool]) -> Counter[tuple[int, int]]:
    """How many tensors flow from box to box.

    Gradients take something from everywhere, which would hide all else: of that only the way of the loss is
    kept, which was made last; and of what an optimizer takes, the gradients.
    """
    flows: Counter[tuple[int, int]] = Counter()
    for op, target in numbers.items():
        for tensor in op.inputs:
            source = numbers.get(tensor.op)
            if source is not None and source != target:
                flows[source, target] += 1
    for target in {t for _, t in flows if training[t]}:
        sources = [s for s, t in flows if t == target]
        kept = [s for s in sources if training[s]] or [max(sources)]
        for source in sources:
            if source not in kept:
                del flows[source, target]
    return flows


def _boxes(operations: Sequence[Operation]) -> dict[str, list[Operation]]:
    """The operations by scope; where there are few scopes, the largest are opened."""
    depth = {"": 1}

    def box_of(op: Operation) -> str:
        parts = op.name.split("/")
        for length in range(len(parts) - 1, -1, -1):
            opened = depth.get("/".join(parts[:length]))
            if opened is not None:
                return "/".join(parts[: length + opened])
        return parts[0]

    while True:
        boxes: dict[str, list[Operation]] = {}
        for op in operations:
            boxes.setdefault(box_of(op), []).append(op)
        if len(boxes) > _FEW:
            return boxes
        for name in sorted(boxes, key=lambda name: -len(boxes[name])):
            inside = {"/".join(op.name.split("/")[: name.count("/") + 2]) for op in boxes[name]}
            if 1 <= len(inside - {name}) and len(boxes) + len(inside) <= _MANY and name not in depth:
                depth[name] = 1
                break
        else:
            return boxes


def _label(name: str, inside: Sequence[Operation]) -> tuple[str, str]:
    short = name if len(name) <= 26 else f"…{name[-25:]}"
    if len(inside) == 1:
        op = inside[0]
        made = f"{op.type} {_shape(op.outputs[0])}" if op.outputs else op.type
        return short, made[:34]
    telling = [op.type for op in inside if op.type not in _COMMON and "/Initializer/" not in op.name]
    listed = ", ".join(kind for kind, _ in Counter(telling).most_common(3))
    text = f"{len(inside):,}: {listed}" if listed else counted(len(inside), "operation")
    return short, text if len(text) <= 34 else f"{text[:33]}…"


def _box(
    name: str, label: tuple[str, str], inside: Sequence[Operation], width: float, x: float, y: float
) -> str:
    types = {op.type for op in inside}
    if types & {*_INPUT_TYPES} and len(inside) == 1:
        colour = "76,175,110"
    elif types & {*VARIABLE_TYPES}:
        colour = "224,138,30"
    elif _is_training(name, inside):
        colour = "150,120,200"
    else:
        colour = "74,134,216"
    return (
        f"<g><title>{escaped(name)}: {counted(len(inside), 'operation')}</title>"
        f"<rect x='{x - width / 2:.1f}' y='{y - _HEIGHT / 2:.1f}' width='{width:.1f}' "
        f"height='{_HEIGHT:.0f}' rx='6' fill='rgba({colour},.16)' stroke='rgb({colour})'/>"
        f"<text x='{x:.1f}' y='{y - 4:.1f}' text-anchor='middle' font-size='12' font-weight='600'>"
        f"{escaped(label[0])}</text><text x='{x:.1f}' y='{y + 12:.1f}' text-anchor='middle' font-size='10.5' "
        f"opacity='.7'>{escaped(label[1])}</text></g>"
    )


def _arrows(
    bends: dict[tuple[int, int], list[tuple[float, float]]], flows: Counter[tuple[int, int]]
) -> Iterator[str]:
    yield (
        "<defs><marker id='perdure-arrow' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='7' "
        "markerHeight='7' markerUnits='userSpaceOnUse' orient='auto'>"
        "<path d='M0,0L8,4L0,8z' fill='currentColor'/></marker></defs>"
    )
    for edge, points in bends.items():
        down = 1 if points[-1][1] > points[0][1] else -1
        (x, y), *rest = points
        path = f"M{x:.1f},{y + down * _HEIGHT / 2:.1f}"
        y += down * _HEIGHT / 2
        for number, (next_x, next_y) in enumerate(rest):
            if number == len(rest) - 1:
                next_y -= down * _HEIGHT / 2
            middle = (y + next_y) / 2
            path += f"C{x:.1f},{middle:.1f} {next_x:.1f},{middle:.1f} {next_x:.1f},{next_y:.1f}"
            x, y = next_x, next_y
        dashes = "" if down > 0 else " stroke-dasharray='4 3'"
        thick = min(3.0, 1 + flows[edge] / 8)
        tensors = counted(flows[edge], "tensor")
        yield (
            f"<path d='{path}' fill='none' stroke='currentColor' stroke-width='{thick:.1f}' opacity='.38'"
            f"{dashes} marker-end='url(#perdure-arrow)'><title>{tensors}</title></path>"
        )
