"""How ops are written down: found by their type, with rules that have names, gradients beside kernels."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import perdure
from perdure.ops.registry import all_definitions, lookup, snake_case

OPS = Path(perdure.__file__).parent / "ops"


def calls_with_types() -> dict[str, list[str]]:
    """The modules that pass each op type, written out, to a call: to `op`, or to a function that calls it.

    What stands in functions does not count: they take types for messages.
    """
    types = frozenset(all_definitions())
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(OPS.glob("*/*.py")):
        module = f"perdure.ops.{path.parent.name}.{path.stem}"
        lines = [s for s in ast.parse(path.read_text()).body if not isinstance(s, ast.FunctionDef)]
        for node in (node for line in lines for node in ast.walk(line)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and argument.value in types:
                        found[argument.value].append(module)
    return found


CALLS = calls_with_types()


@pytest.mark.parametrize("op_type", sorted(all_definitions()))
def test_a_search_for_its_type_finds_the_definition(op_type):
    """Once, in the module of its rules."""
    assert CALLS[op_type] == [lookup(op_type).kernel_rule.function.__module__]


def test_kernels_have_names_of_their_own():
    """So that tracebacks and profiles say which op it is; ops that share a kernel share the function."""
    named: dict[str, dict[int, str]] = defaultdict(dict)
    for op_type in all_definitions():
        function = lookup(op_type).kernel_rule.function
        assert "<" not in function.__qualname__, op_type
        assert function.__code__.co_name == function.__name__ == function.__code__.co_qualname, op_type
        named[function.__qualname__][id(function)] = op_type
    assert {name: list(ops.values()) for name, ops in named.items() if len(ops) > 1} == {}


def test_rules_of_factories_are_named_after_their_op():
    """Kernels, shape functions and gradient functions; a function with a name keeps it."""
    exp, adam = lookup("Exp"), lookup("ResourceApplyAdam")
    assert exp.kernel_rule.function.__name__ == "exp_kernel"
    assert exp.gradient_rule.function.__name__ == "exp_gradient"
    assert exp.shape_rule.function.__name__ == "same_shape"
    assert adam.kernel_rule.function.__name__ == "resource_apply_adam_kernel"
    assert adam.shape_rule.function.__name__ == "resource_apply_adam_shape"
    assert lookup("Erfc").gradient_rule.function.__name__ == "erfc_gradient"


def test_functions_of_programs_keep_their_names():
    """Only what perdure's own factories make is renamed."""
    definition = perdure.op("TestNamed", inputs=["x: float"], outputs=["y: float"])
    kernel = definition.kernel(lambda xp, x: x)
    lookup("TestNamed")
    assert kernel.__name__ == "<lambda>"


@pytest.mark.parametrize(
    ("op_type", "name"),
    [
        ("Exp", "exp"),
        ("QueueDequeueManyV2", "queue_dequeue_many_v2"),
        ("TopKV2", "top_k_v2"),
        ("FIFOQueue", "fifo_queue"),
        ("MaxPool3DGradGrad", "max_pool3d_grad_grad"),
        ("Conv2DBackpropInput", "conv2d_backprop_input"),
        ("ApplyRMSProp", "apply_rms_prop"),
        ("BesselI0e", "bessel_i0e"),
        ("L2Loss", "l2_loss"),
    ],
)
def test_names_of_op_types(op_type, name):
    """Words in lower case, as in the names of functions."""
    assert snake_case(op_type) == name


def test_gradients_stand_beside_kernels():
    """In one module, never in a table elsewhere."""
    for op_type in all_definitions():
        definition = lookup(op_type)
        if definition.gradient_rule is not None:
            gradient, kernel = definition.gradient_rule.function, definition.kernel_rule.function
            assert gradient.__module__ == kernel.__module__, op_type
