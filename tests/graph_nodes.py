"""A GraphDef as plain data, the same from TensorFlow's messages and from perdure's.

A node is [name, op, inputs (with ^control inputs), device, attrs].  Attrs of every kind become JSON
values; a tensor is {"dtype", "shape", "values"}, or a "sha256" of its bytes when it has many elements, so
that how a message stores a tensor makes no difference.  Python 3.7 imports this module for the oracle, too.
"""

import hashlib

import numpy as np

LISTED = 64  # elements of a tensor that are listed; larger ones are hashed


def plain_nodes(graph_def, to_array):
    """The nodes of `graph_def` in order, then those of its functions.

    A function is a node of its own before those of its body, whose names begin with that of the function.
    `to_array` turns a TensorProto into an array.
    """
    nodes = [_plain(node, "", to_array) for node in graph_def.node]
    for function in sorted(graph_def.library.function, key=lambda function: function.signature.name):
        name = function.signature.name
        nodes.append(
            ["function " + name, "function", _interface(function), "", _attrs(function.attr, to_array)]
        )
        nodes += [_plain(node, name + ": ", to_array) for node in function.node_def]
    for pair in sorted(graph_def.library.gradient, key=lambda pair: pair.function_name):
        nodes.append([pair.function_name + " gradient", "gradient", [pair.gradient_func], "", {}])
    return nodes


def _plain(node, prefix, to_array):
    return [prefix + node.name, node.op, list(node.input), node.device, _attrs(node.attr, to_array)]


def _attrs(attrs, to_array):
    return {name: _plain_attr(name, attrs[name], to_array) for name in sorted(attrs)}


def _plain_attr(name, proto, to_array):
    if name == "config_proto":  # a serialized message with a map, whose entries have no order
        return {"s": "".join(sorted(proto.s.decode("latin-1")))}
    return _attr(proto, to_array)


def _interface(function):
    """What a function takes and returns, as one list of texts."""
    signature = function.signature
    lines = ["argument %s %d" % (arg.name, arg.type) for arg in signature.input_arg]
    lines += [
        "result %s %d %s" % (arg.name, arg.type, function.ret[arg.name]) for arg in signature.output_arg
    ]
    lines += sorted("control %s %s" % (name, function.control_ret[name]) for name in signature.control_output)
    for i in sorted(function.arg_attr):
        attrs = function.arg_attr[i].attr
        lines.append("attributes of %d: %s" % (i, sorted((name, str(attrs[name])) for name in attrs)))
    return lines + ["stateful %s" % signature.is_stateful, signature.description]


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
    made, known = set(names), set(wanted)
    missing = [name for name in wanted if name not in made]
    extra = [name for name in names if name not in known]
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
