"""`cond` and `while_loop` of functions: the nodes If and While, as graphs of TensorFlow 2 have them."""

from perdure.functional.control.control import with_dependencies
from perdure.functional.structure import check_same, has_parts, leaves_of, pack
from perdure.functions.definition import TracedFunction
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, get_default_graph, name_scope
from perdure.graph.func_graph import FuncGraph
from perdure.graph.operation import Operation
from perdure.graph.uids import uid


def cond(pred, true_fn, false_fn, name=None):
    """`tf.cond` as an If."""
    with name_scope(name, "cond", [pred]):
        graph = get_default_graph()
        pred = taken_in(graph, [convert_to_tensor(pred, name="pred")])[0]
        bodies = [FuncGraph("body", outer=graph), FuncGraph("body", outer=graph)]
        returned = [
            branch(body, kind, fn) for body, kind, fn in zip(bodies, "tf", (true_fn, false_fn), strict=True)
        ]
        check_same(returned[0][0], returned[1][0])
        inputs = shared_inputs(bodies)
        functions = [
            function(graph, kind, body, [body.capture(t) for t in inputs], outputs)
            for kind, body, (_, outputs) in zip(("true", "false"), bodies, returned, strict=True)
        ]
        with control_dependencies([*bodies[0].control_captures, *bodies[1].control_captures]):
            results = (g.If if any(map(is_stateful, functions)) else g.stateless_if)(
                pred,
                own(graph, inputs),
                Tout=[tensor.dtype.base_dtype for tensor in returned[0][1]],
                then_branch=functions[0],
                else_branch=functions[1],
                output_shapes=[
                    merged_shape(*pair) for pair in zip(returned[0][1], returned[1][1], strict=True)
                ],
                name="If",
            )
        merged = pack(returned[0][0], [g.identity(result, name="Merge") for result in results])
        return merged[0] if isinstance(merged, (list, tuple)) and len(merged) == 1 else merged


def branch(body, kind, fn):
    """What a branch returns, and its tensors."""
    with body.as_default():
        returned = fn()
        outputs = []
        for item in leaves_of(returned):
            if isinstance(item, Operation):
                item = with_dependencies([item], constant(kind == "t", name="pivot"))
            outputs.append(value_of(body.capture(convert_to_tensor(item))))
    return returned, outputs


def value_of(tensor):
    """A tensor that is no reference."""
    return g.identity(tensor, name="value") if tensor.dtype.is_ref_dtype else tensor


def while_loop(test, body, loop_vars, maximum_iterations=None, name=None):
    """`tf.while_loop` as a While."""
    with name_scope(name, "while", loop_vars):
        if maximum_iterations is not None:
            result = while_loop(
                lambda i, *values: g.logical_and(i < maximum_iterations, test(*values)),
                lambda i, *values: (i + 1, *as_list(body(*values))),
                (constant(0), *loop_vars),
            )[1:]
            return result[0] if len(result) == 1 else result
        graph = get_default_graph()
        starts = taken_in(graph, [convert_to_tensor(item) for item in leaves_of(loop_vars)])
        tested, repeated = FuncGraph("body", outer=graph), FuncGraph("body", outer=graph)
        arguments = [tested.substitute_for(start, None) for start in starts]
        with tested.as_default():
            condition = tested.capture(convert_to_tensor(test(*pack(loop_vars, arguments))))
        values = [repeated.substitute_for(start, None) for start in starts]
        with repeated.as_default():
            result = as_list(body(*pack(loop_vars, values)))
            nexts = [value_of(repeated.capture(convert_to_tensor(item))) for item in leaves_of(result)]
        inputs = shared_inputs([tested, repeated])
        passed_on = [repeated.capture(tensor) for tensor in inputs]
        functions = [
            function(graph, "cond", tested, [*arguments, *map(tested.capture, inputs)], [condition]),
            function(graph, "body", repeated, [*values, *passed_on], [*nexts, *passed_on]),
        ]
        with control_dependencies([*tested.control_captures, *repeated.control_captures]):
            outputs = (g.While if any(map(is_stateful, functions)) else g.stateless_while)(
                [*starts, *own(graph, inputs)],
                cond=functions[0],
                body=functions[1],
                output_shapes=[tensor._shape for tensor in [*values, *passed_on]],
                parallel_iterations=10,
                name="While",
            )
        exits = [g.identity(output, name="Exit") for output in outputs[: len(starts)]]
        packed = pack(result, exits)
        return packed[0] if len(exits) == 1 else packed


def as_list(result):
    return result if has_parts(result) else [result]


def function(graph, kind, body, inputs, outputs):
    name = f"{graph.scopes.name.replace('/', '_')}_{kind}_{uid()}"
    made = TracedFunction(name, body, list(inputs), list(outputs))
    made.add_to_graph(graph)
    return made


def shared_inputs(bodies):
    return list(dict.fromkeys(tensor for body in bodies for tensor in body.external_captures))


def own(graph, tensors):
    if not isinstance(graph, FuncGraph):
        return list(tensors)
    return [t if t.op.graph is graph else graph.capture(t) for t in tensors]


def taken_in(graph, tensors):
    return [graph.capture(t) for t in tensors] if isinstance(graph, FuncGraph) else list(tensors)


def is_stateful(function):
    return any(op.signature.is_stateful for op in function.graph.get_operations())


def merged_shape(one, other):
    first, second = one._shape, other._shape
    if first is None or second is None or len(first) != len(second):
        return None
    return tuple(a if a == b else None for a, b in zip(first, second, strict=True))
