"""`ops/` and `functional/` mirror each other: a family's rules and its functions have the same name."""

import ast
from collections import Counter
from pathlib import Path

import pytest

import perdure
from perdure.graph import signatures
from perdure.ops.registry import all_definitions

HOUSE = Path(perdure.__file__).parent
# Rooms of functional/ and their modules that have no namesake among the ops, and what they are made of.
COMPOSED = {
    "array/sorting": "made of TopK and transpositions",
    "array/values": "looks at what is known of tensors, and makes no nodes",
    "control/check_ops": "assertions, made of comparisons and Assert",
    "control/check_shapes": "assertions about shapes, made of comparisons and Assert",
    "control/assertions": "Assert of ops/control/control, behind a conditional",
    "control/cases": "made of conditionals",
    "control/cond_context": "brings values into branches, by the nodes of control/control_flow",
    "control/conditionals": "made of the nodes of control/control_flow",
    "control/context_protos": "contexts as messages, and makes no nodes",
    "control/contexts": "which kind a message holds, and makes no nodes",
    "control/list_arrays": "made of the nodes of control/tensor_lists",
    "control/jit_scope": "attributes of the nodes that others make",
    "control/version": "a switch of the program's",
    "control/loop_shapes": "static shapes of loop variables, and makes no nodes",
    "control/loops": "made of the nodes of control/control_flow",
    "control/numerics": "CheckNumerics on everything",
    "parsing/features": "descriptions, and makes default values",
    "control/while_context": "brings values into loops, by the nodes of control/control_flow",
    "image/checks": "checks of shapes, made of assertions",
    "image/geometry": "made of reversals, slices and paddings",
    "image/quality": "made of means, filters and differences",
    "math/clip": "made of minima, maxima and norms",
    "math/einsum": "made of transposes and products",
    "nn/arguments": "checks of arguments",
    "nn/conv3d": "the convolutions of nn/conv that have three dimensions",
    "nn/dropout": "made of random numbers and products",
    "nn/embedding": "made of gathers and segment sums",
    "nn/space_to_batch": "dilated windows, made of array/space_to_batch",
    "random/initializers": "made of draws",
    "signal/cosine": "made of the transforms of signal/fourier",
    "signal/framing": "made of slices and gathers",
    "signal/spectrograms": "made of frames and transforms",
    "signal/windows": "made of cosines",
    "state/resources": "made of groups and joins",
    "summaries/deprecated": "makes what the other modules of summaries make, with other names and tags",
    "summaries/tags": "names, tags and collections",
}
# Modules with a namesake that make more of other ops, since they are little more than compositions of these.
MOSTLY_OTHERS = {
    "math/cast": "saturate_cast clips first",
    "state/scatter": "Scatter* are made by the names that a table gives",
}


def modules_of(room: str) -> set[str]:
    """Its modules in rooms of their own, as room/module."""
    paths = (HOUSE / room).glob("*/*.py")
    return {f"{path.parent.name}/{path.stem}" for path in paths if path.stem != "__init__"}


FUNCTIONAL, OPS = modules_of("functional"), modules_of("ops")


def test_every_module_of_functions_has_its_namesake():
    """Or says what it is made of."""
    assert FUNCTIONAL - OPS == set(COMPOSED)


def test_what_the_functions_make_is_defined_by_their_namesake():
    """Of the ops whose nodes a module makes itself, most stand in the module of the same name."""
    home = {
        op_type: definition.kernel_rule.function.__module__
        for op_type, definition in all_definitions().items()
        if definition.kernel_rule is not None
    }
    checked = 0
    for name in sorted(FUNCTIONAL & OPS - set(MOSTLY_OTHERS)):
        made = Counter(
            home[op_type].removeprefix("perdure.ops.").replace(".", "/")
            for op_type in op_types_in(HOUSE / "functional" / f"{name}.py")
            if op_type in home
        )
        if made:
            checked += 1
            assert made[name] == max(made.values()), f"functional/{name}.py makes nodes of {dict(made)}"
    assert checked > 15


def op_types_in(path: Path) -> list[str]:
    """The types of the nodes it makes: `g.name(...)`, `apply_op("Type", ...)`, `function_of("Type", ...)`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "g":
            found.append(signatures.type_of(node.attr))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("apply_op", "function_of") and isinstance(node.args[0], ast.Constant):
                found.append(node.args[0].value)
    return [op_type for op_type in found if op_type is not None]


@pytest.mark.parametrize("name", sorted(MOSTLY_OTHERS))
def test_exceptions_are_still_there(name):
    """A module that is gone leaves the list."""
    assert name in FUNCTIONAL & OPS
