"""A GraphDef as plain data, the same from TensorFlow's messages and from perdure's.

A node is [name, op, inputs (with ^control inputs), device, attrs].  Attrs of every kind become JSON
values; a tensor is {"dtype", "shape", "values"}, or a "sha256" of its bytes when it has many elements, so
that how a message stores a tensor makes no difference.  Python 3.7 imports this module for the oracle, too.
"""

import hashlib

import numpy as np

LISTED = 64  # elements of a tensor that are listed; larger ones are hashed


def plain_nodes(graph_def, to_array):
    """The nodes of `graph_def` in order; `to_array` turns a TensorProto into an array."""
    return [
        [
            node.name,
            node.op,
            list(node.input),
            node.device,
            {name: _attr(node.attr[name], to_array) for name in sorted(node.attr)},
        ]
        for node in graph_def.node
    ]


def _attr(proto, to_array):
    kind = proto.WhichOneof("value")
    if kind is None:
        return None
    value = getattr(proto, kind)
    if kind == "list":
        items = [(field.name, items) for field, items in value.ListFields()]
        return {"list": {name: [_value(name, item, to_array) for item in items] for name, items in items}}
    return {kind: _value(kind, value, to_array)}


def _value(kind, value, to_array):
    if kind == "s":
        return value.decode("latin-1")
    if kind == "f":
        return repr(value)  # inf and nan are not JSON
    if kind == "shape":
        return None if value.unknown_rank else [dim.size for dim in value.dim]
    if kind == "tensor":
        return _tensor(to_array(value), value.dtype)
    if kind == "func":
        return {
            "name": value.name,
            "attrs": {key: _attr(value.attr[key], to_array) for key in sorted(value.attr)},
        }
    return value


def _tensor(array, dtype):
    array = np.asarray(array)
    record = {"dtype": dtype, "shape": list(array.shape)}
    if array.dtype == object:
        record["values"] = [item.decode("latin-1") for item in array.ravel()]
    elif array.size <= LISTED and array.dtype.kind in "biuf":
        record["values"] = [repr(item) for item in array.ravel().tolist()]
    else:
        record["sha256"] = hashlib.sha256(array.tobytes()).hexdigest()
    return record


def differences(actual, expected, limit=8):
    """Sentences about what differs between two lists of plain nodes; empty if nothing does."""
    found = []
    names, wanted = [node[0] for node in actual], [node[0] for node in expected]
    missing = [name for name in wanted if name not in set(names)]
    extra = [name for name in names if name not in set(wanted)]
    if missing:
        found.append("missing nodes: " + ", ".join(missing[:limit]))
    if extra:
        found.append("nodes that TensorFlow does not make: " + ", ".join(extra[:limit]))
    if not found and names != wanted:
        first = next(i for i, pair in enumerate(zip(names, wanted)) if pair[0] != pair[1])
        found.append("order: node %d is %s, TensorFlow's is %s" % (first, names[first], wanted[first]))
    by_name = {node[0]: node for node in actual}
    for node in expected:
        if node[0] in by_name:
            found += _node_differences(by_name[node[0]], node)
    return found[:limit] + ["... and %d more" % (len(found) - limit)] * (len(found) > limit)


def _node_differences(actual, expected):
    found = []
    for what, mine, theirs in zip(("op", "inputs", "device"), actual[1:4], expected[1:4]):
        if mine != theirs:
            found.append("%s: %s %r, TensorFlow's %r" % (expected[0], what, mine, theirs))
    for name in sorted(set(actual[4]) | set(expected[4])):
        mine, theirs = actual[4].get(name, "none"), expected[4].get(name, "none")
        if mine != theirs:
            found.append(
                "%s: attr %s %s, TensorFlow's %s" % (expected[0], name, str(mine)[:200], str(theirs)[:200])
            )
    return found
