"""What kernels may ask for: the table, and that each entry is given."""

import ast
import time
from pathlib import Path

import pytest

from perdure import ops, tf
from perdure.graph import signatures
from perdure.ops.capabilities import CAPABILITIES
from perdure.ops.registry import OpDefinition, all_definitions, lookup
from perdure.ops.traits import Traits
from perdure.resources.resources import Resources
from perdure.runtime.planning.legality import reason_for_host
from tests.ops.test_registry import definition


def users(name: str) -> list[OpDefinition]:
    return [
        definition
        for definition in all_definitions().values()
        if definition.kernel_rule is not None and name in definition.kernel_rule.attrs
    ]


@pytest.mark.parametrize("name", CAPABILITIES)
def test_every_capability_has_users(name):
    """Some kernel asks for each; what keeps an op on the host does so, whatever the op line says."""
    found = users(name)
    assert found
    if CAPABILITIES[name].host:
        with tf.Graph().as_default() as graph:
            for user in found:
                if not user.signature.inputs and not user.signature.attrs and not user.traits.host:
                    reason = reason_for_host(graph.create_op(user.type, []))
                    assert reason == "it deals with what the session owns"


def test_capabilities_are_no_attributes():
    """A keyword of a kernel means one thing: no op of TensorFlow has an attribute of that name."""
    for op_type in signatures.all_types():
        assert not {attr.name for attr in signatures.find(op_type).attrs} & set(CAPABILITIES), op_type


def test_who_gives_what():
    """What the node gives is found without a session, and what differs from step to step has a maker."""
    with tf.Graph().as_default():
        drawing = tf.raw_ops.RandomUniform(shape=[1], dtype=tf.float32).op
    for name, capability in CAPABILITIES.items():
        assert capability.what and (capability.giver == "step") == (capability.in_step is not None), name
        bound = capability.bind(
            lookup("RandomUniform"), drawing, None if capability.is_constant else Resources()
        )
        assert bound is not None or name == "step", name


def test_an_update_cannot_differ_from_step_to_step():
    """The values of variables are stored by the runtime, which calls such a kernel without the step."""
    assign = definition("AssignVariableOp", updates=["resource"], traits=Traits(waits=True))
    assign.kernel(lambda xp, value, *, step: value)
    with pytest.raises(TypeError, match="updates variables and cannot ask for the step"):
        assign.check()


def test_the_clock():
    """`tf.timestamp` tells the time of each run, a float64."""
    with tf.Graph().as_default(), tf.Session() as session:
        now = tf.timestamp()
        assert now.dtype == tf.float64 and now.shape == () and now.op.type == "Timestamp"
        before = time.time()
        first, second = session.run(now), session.run(now)
        assert before <= first <= second <= time.time()


def test_kernels_touch_files_by_way_of_the_session_only():
    """No module of `ops/` opens or lists anything itself, so that a policy holds for all kernels."""
    touching = {
        "open",
        "listdir",
        "scandir",
        "stat",
        "remove",
        "unlink",
        "rename",
        "replace",
        "mkdir",
        "makedirs",
    }
    for path in sorted(Path(ops.__file__).parent.rglob("*.py")):
        if path.name == "registry.py":  # it reads which module defines an op
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {getattr(node, "module", None), *(alias.name for alias in node.names)}
                assert not names & {"glob", "shutil", "pathlib", "tempfile", "subprocess"}, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "open", f"{path}:{node.lineno}"
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
                assert node.attr not in touching, f"{path}:{node.lineno}"
