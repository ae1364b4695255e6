"""CONTRIBUTING.md: what it says a change touches is there, and is all that a change touches."""

import ast
import re
from pathlib import Path

import pytest

import perdure
from perdure import tf
from perdure.runtime.options import options

ROOT = Path(__file__).parent.parent
HOUSE = Path(perdure.__file__).parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
PATHS = sorted(set(re.findall(r"`((?:src|tests|docs|tools)/[^`\s]+)`", TEXT)))


@pytest.mark.parametrize("path", PATHS)
def test_files_it_names_are_there(path):
    """A place like `src/perdure/ops/<room>/<family>.py` stands for several files."""
    assert list(ROOT.glob(re.sub(r"<\w+>", "*", path))), path


def test_it_names_the_places_that_matter():
    """The list above is not empty by mistake."""
    assert len(PATHS) > 20 and "src/perdure/ops/traits.py" in PATHS


def test_an_op_is_its_family_s_module():
    """Three rules in one place make an op that has static shapes, both tiers and a gradient."""
    cube = perdure.op("CubeToContribute", inputs=["x: T"], outputs=["y: T"], attrs=["T: {float, double}"])

    @cube.shape
    def cube_shape(x):
        return x

    @cube.kernel
    def cube_kernel(xp, x):
        return x * x * x

    @cube.gradient
    def cube_gradient(g, d_y, x):
        return {"x": d_y * 3.0 * g.square(x)}

    for tier in ("interpret", "compile"):
        with tf.Graph().as_default(), options(tier=tier), tf.Session() as session:
            x = tf.placeholder(tf.float32, [2])
            y = cube(x)
            assert y.shape.as_list() == [2]
            value, slope = session.run([y, tf.gradients(y, x)[0]], {x: [1, 2]})
            assert value.tolist() == [1, 8] and slope.tolist() == [3, 12]


def test_fields_of_configurations_are_read_in_one_place():
    """A session option is an argument of the part that acts on it; only session/config.py knows the proto."""
    fields = {field.name for field in tf.ConfigProto.DESCRIPTOR.fields} - {"experimental"}
    readers = {
        path.relative_to(HOUSE).as_posix()
        for path in HOUSE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in fields
        if isinstance(node.value, ast.Name) and node.value.id in ("config", "proto")
    }
    assert "session/config.py" in readers
    # A server reads the cluster it is in, and tests make configurations.
    assert readers <= {
        "session/config.py",
        "session/servers.py",
        "testing/running.py",
        "testing/test_case.py",
    }


def test_stubs_and_tables_say_how_they_are_written():
    """What is generated names its tool, and the tool is there."""
    for tool in ("stubs", "client_api", "families"):
        assert f"python tools/{tool}.py" in TEXT and (ROOT / "tools" / f"{tool}.py").exists()
