"""The face: every listed name resolves, is TensorFlow's, and has TensorFlow's signature."""

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import perdure.tf
from perdure import tf
from perdure.tf._missing import (
    UnsupportedNameError,
    is_tensorflow_name,
    missing_name,
    tensorflow_names,
)
from tests.tf.signatures import describe, with_tuples

GOLDEN = Path(__file__).parents[1] / "golden/face/signatures.json"

NAMESPACES = [""] + [
    info.name.removeprefix("perdure.tf.")
    for info in pkgutil.walk_packages(perdure.tf.__path__, "perdure.tf.")
    if "._" not in info.name and not info.name.endswith(("raw_ops", "flags", "compat.v1"))
]

# Namespaces that TensorFlow imports when they are used, of which its list of names has nothing.
LAZY = {"contrib.cluster_resolver", "contrib.distribute"}
# Modules, which that list leaves out.
MODULES = LAZY | {
    "contrib.framework.nest",
    "contrib.learn.datasets",
    "contrib.learn.preprocessing",
    "contrib.slim.evaluation",
    "contrib.slim.initializers",
    "contrib.slim.layers",
    "contrib.slim.learning",
    "contrib.slim.losses",
    "contrib.slim.metrics",
    "contrib.slim.model_analyzer",
    "contrib.slim.nets",
    "contrib.slim.queues",
    "contrib.slim.regularizers",
    "contrib.slim.summaries",
    "contrib.slim.utils",
    "contrib.tensorboard",
    "contrib.tensorboard.plugins",
    "contrib.tensorboard.plugins.projector",
}

# Where perdure's signature differs from TensorFlow's, and why that is right.
DIFFERENT = {
    **dict.fromkeys(
        ("sparse.split", "sparse_split"), "a default is an object, which is written as its class"
    ),
    "Operation": "programs never make one themselves",
    **dict.fromkeys(
        (
            "contrib.data.make_batched_features_dataset",
            "contrib.data.read_batch_features",
            "data.experimental.make_batched_features_dataset",
        ),
        "a default is a class, which is of another module",
    ),
    "Variable": "a metaclass passes the arguments on to perdure.variables.creation.make_variable",
}


def module(namespace: str):
    return importlib.import_module(f"perdure.tf.{namespace}".rstrip("."))


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_listed_name_resolves_and_is_one_of_tensorflow(namespace):
    """A name in a table is importable, and TensorFlow 1.15 exports it."""
    face = module(namespace)
    unknown, broken = [], []
    for name in face.__all__:
        full_name = f"{namespace}.{name}".lstrip(".")
        if not is_tensorflow_name(full_name) and full_name not in MODULES and namespace not in LAZY:
            unknown.append(name)
        try:
            getattr(face, name)
        except (ImportError, AttributeError) as error:
            broken.append(f"{name}: {error}")
    assert not unknown
    assert not broken


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_signatures_are_those_of_tensorflow(namespace):
    """Names, order and defaults of parameters agree with TensorFlow 1.15.5."""
    golden = json.loads(GOLDEN.read_text())
    wrong = []
    for name in module(namespace).__all__:
        full_name = f"{namespace}.{name}".lstrip(".")
        expected = golden.get(full_name)
        value = getattr(module(namespace), name)
        if expected is None or "*args, **kwargs" in expected or full_name in DIFFERENT:
            continue
        if not callable(value) or isinstance(value, type(tf)):
            wrong.append(f"{full_name} is not callable")
            continue
        try:
            found = describe(value)
        except ValueError:  # made by C code, like protobuf's classes
            continue
        if with_tuples(found) != with_tuples(expected):
            wrong.append(f"{full_name}: {found} should be {expected}")
    assert not wrong, "\n".join(wrong)


def test_a_name_is_stored_when_it_is_first_used():
    """The second use of a name does not go through the table."""
    vars(tf).pop("int32", None)
    assert tf.int32 is vars(tf)["int32"]


def test_dir_lists_names_before_they_are_used():
    """Completion in a shell sees all names and namespaces."""
    assert {"Session", "constant", "nn", "train", "float32"} <= set(dir(tf))


def test_star_import_has_the_names():
    """`from perdure.tf import *` gives what `from tensorflow import *` gives."""
    names = {}
    exec("from perdure.tf.dtypes import *", names)
    assert names["float32"] is tf.float32


def test_a_missing_name_of_tensorflow_is_not_supported_yet():
    """The message tells TensorFlow's names from names that never were."""
    with pytest.raises(AttributeError, match=r"tf\.lite is part of TensorFlow 1\.15 but is not"):
        _ = tf.lite
    with pytest.raises(NotImplementedError, match=r"tf\.saved_model\.save is part of"):
        _ = tf.saved_model.save
    assert isinstance(missing_name("contrib", "quantize"), UnsupportedNameError)


def test_a_name_that_never_was_gets_a_hint():
    """A slip of the pen is answered with the nearest name."""
    with pytest.raises(AttributeError, match=r"1\.15 has no tf\.reduce_maen; did you mean tf\.reduce_mean\?"):
        _ = tf.reduce_maen
    with pytest.raises(AttributeError, match=r"^TensorFlow 1\.15 has no tf\.math\.qqq$"):
        _ = tf.math.qqq


def test_hasattr_and_getattr_with_a_default_work():
    """Programs ask for names that newer or older releases have."""
    assert not hasattr(tf, "lite")
    assert not hasattr(tf, "__wrapped__")
    assert getattr(tf, "no_such_name", 1) == 1


def test_namespaces_are_modules():
    """`import perdure.tf.errors` and `tf.errors` are the same."""
    import perdure.tf.errors

    assert tf.errors is perdure.tf.errors
    assert inspect.ismodule(tf.train)


def test_compat_v1_is_tf():
    """tf.compat.v1 is the very same module, however it is imported."""
    import perdure.tf.compat.v1 as v1

    assert tf.compat.v1 is tf
    assert v1 is tf


def test_version():
    """perdure behaves as TensorFlow 1.15.5 and says so."""
    assert tf.VERSION == tf.__version__ == tf.version.VERSION == "1.15.5"


def test_aliases_are_the_same_objects():
    """The same function in two namespaces is one function."""
    assert tf.math.add is tf.add
    assert tf.random.normal is tf.random_normal
    assert tf.dtypes.float32 is tf.float32
    assert tf.initializers.zeros is tf.zeros_initializer
    assert tf.app.flags is tf.flags


def test_raw_ops_take_keywords():
    """Every op of the table has a function."""
    with tf.Graph().as_default():
        product = tf.raw_ops.MatMul(a=[[1.0, 2.0]], b=[[3.0, 4.0]], transpose_b=True)
    assert product.op.type == "MatMul"
    assert product.op.get_attr("transpose_b") is True
    assert "MatMul" in dir(tf.raw_ops)
    with pytest.raises(TypeError, match="positional"):
        tf.raw_ops.MatMul([[1.0]], [[1.0]])
    with pytest.raises(AttributeError, match=r"1\.15 has no tf\.raw_ops\.MatMull"):
        _ = tf.raw_ops.MatMull


def test_flags_of_a_later_release_are_missing():
    """tf.flags says what it does not have like any other namespace."""
    with pytest.raises(AttributeError, match=r"1\.15 has no tf\.flags\.nothing"):
        _ = tf.flags.nothing


def test_importing_the_face_imports_little():
    """Start-up time is the price of every small script."""
    code = (
        "import sys, perdure; from perdure import tf; tf.float32\n"
        "heavy = {'jax', 'google.protobuf', 'absl', 'rich', 'scipy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    environment = {"PYTHONPATH": str(Path(perdure.tf.__path__[0]).parents[1])}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert result.returncode == 0, result.stderr


# Functions of the libraries that have the name of a TensorFlow function but are not that.
NAMESAKES = {
    "perdure.functional.control.control_flow.merge": "the node Merge; tf.summary.merge merges summaries",
    "perdure.functional.state.state.is_variable_initialized": "of ref variables only",
    "perdure.mapping.rows.Structure": "of nests; tf.data's is of data sets",
    "perdure.layers.base.flatten": "of nested Python structures",
    "perdure.layers.base.map_structure": "of layers' inputs",
}

LIBRARIES = (
    "functional",
    "gradients",
    "layers",
    "losses",
    "mapping",
    "metrics",
    "queues",
    "training",
    "variables",
)


def test_no_function_of_the_libraries_is_forgotten():
    """What a library defines under a public name of TensorFlow is listed by the face."""
    listed = {id(getattr(module(n), name)) for n in NAMESPACES for name in module(n).__all__}
    public = {
        name
        for namespace, names in tensorflow_names().items()
        if namespace.split(".")[0] not in ("contrib", "keras", "estimator")
        for name in names
    }
    forgotten = []
    for library in LIBRARIES:
        package = importlib.import_module(f"perdure.{library}")
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            source = importlib.import_module(info.name)
            for name, value in vars(source).items():
                is_own = getattr(value, "__module__", None) == info.name
                if is_own and name in public and id(value) not in listed:
                    forgotten.append(f"{info.name}.{name}")
    assert sorted(set(forgotten) - set(NAMESAKES)) == []
