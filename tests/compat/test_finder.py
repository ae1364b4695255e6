"""`import tensorflow` and the modules inside of it."""

import importlib
import importlib.util
import subprocess
import sys
import types
from pathlib import Path

import pytest

import perdure.compat
from perdure import tf
from perdure.compat import finder, modules
from perdure.platform import logging
from perdure.platform.deprecation import warn_once

SOURCE = str(Path(perdure.compat.__file__).parents[2])


@pytest.fixture
def installed():
    perdure.compat.install()
    yield
    perdure.compat.uninstall()


def test_tensorflow_is_the_face(installed):
    """Not a copy: the same module object, so isinstance and monkeypatching work."""
    import tensorflow
    import tensorflow as imported

    assert imported is tensorflow is tf
    assert perdure.compat.is_installed()


def test_namespaces_are_the_same_modules(installed):
    """`import tensorflow.errors` does not load the module a second time."""
    importlib.import_module("tensorflow.errors")
    from tensorflow.compat.v1 import errors
    from tensorflow.compat.v1 import float32 as v1_float32

    assert sys.modules["tensorflow.errors"] is errors is tf.errors
    assert v1_float32 is tf.float32


def test_compat_v1(installed):
    """Programs written for the transition to TensorFlow 2."""
    import tensorflow.compat.v1 as v1

    assert v1 is tf
    assert importlib.import_module("tensorflow.compat.v1.errors") is tf.errors


@pytest.mark.parametrize(
    "module, name, public",
    [
        ("framework.ops", "Graph", "Graph"),
        ("framework.ops", "_colocate_with", "colocate_with"),
        ("framework.dtypes", "float32", "float32"),
        ("framework.errors", "InvalidArgumentError", "errors.InvalidArgumentError"),
        ("framework.errors_impl", "NotFoundError", "errors.NotFoundError"),
        ("framework.errors", "INTERNAL", "errors.INTERNAL"),
        ("framework.tensor_shape", "TensorShape", "TensorShape"),
        ("framework.random_seed", "get_seed", "get_seed"),
        ("client.session", "Session", "Session"),
        ("ops.array_ops", "reshape", "reshape"),
        ("ops.math_ops", "reduce_sum", "reduce_sum"),
        ("ops.init_ops", "Constant", "constant_initializer"),
        ("ops.random_ops", "random_normal", "random_normal"),
        ("platform.tf_logging", "info", "logging.info"),
        ("platform.tf_logging", "INFO", "logging.INFO"),
        ("platform.app", "run", "app.run"),
        ("platform.flags", "FLAGS", "flags.FLAGS"),
        ("util.compat", "as_bytes", "compat.as_bytes"),
    ],
)
def test_names_inside_of_tensorflow(installed, module, name, public):
    """A name of an internal module is the public one."""
    found = getattr(importlib.import_module(f"tensorflow.python.{module}"), name)
    assert found is modules.public_value(public)


def test_packages_hold_their_modules(installed):
    """`from tensorflow.python.framework import ops` and attribute access."""
    import tensorflow
    from tensorflow.python.framework import ops

    assert tensorflow.python.framework.ops is ops
    assert tensorflow.python.Graph is tf.Graph
    assert "Graph" in dir(ops)


def test_generated_modules_hold_raw_ops(installed):
    """gen_math_ops.mat_mul makes a node."""
    from tensorflow.python.ops import gen_array_ops, gen_math_ops

    with tf.Graph().as_default():
        product = gen_math_ops.mat_mul([[1.0]], [[2.0]], name="product")
        same = gen_array_ops.identity(product)
    assert (product.op.type, same.op.type) == ("MatMul", "Identity")
    with pytest.raises(AttributeError):
        _ = gen_math_ops.no_such_op
    with pytest.raises(AttributeError):
        _ = gen_math_ops.__wrapped__


def test_protos(installed):
    """tensorflow.core.* are perdure's messages."""
    from tensorflow.core.framework import graph_pb2
    from tensorflow.core.protobuf.config_pb2 import ConfigProto
    from tensorflow.python.training import checkpoint_state_pb2

    assert graph_pb2.GraphDef is tf.GraphDef
    assert ConfigProto is tf.ConfigProto
    assert checkpoint_state_pb2.CheckpointState


def test_modules_of_contrib_that_unit_tests_import(installed):
    """Some modules below tensorflow.contrib are there for TensorFlow's own unit tests."""
    from tensorflow.contrib.framework.python.framework import checkpoint_utils
    from tensorflow.contrib.framework.python.ops import variables
    from tensorflow.contrib.testing.python.framework import fake_summary_writer

    assert variables.get_global_step is tf.train.get_global_step
    assert fake_summary_writer.FakeSummaryWriter.__module__ == "perdure.contrib.testing.fake_summary_writer"
    assert "get_global_step" in dir(variables)
    assert checkpoint_utils.load_variable is tf.contrib.framework.load_variable
    from tensorflow.contrib.checkpoint.python import containers, python_state, split_dependency, visualize
    from tensorflow.contrib.training.python.training import evaluation, hparam, hparam_pb2, training

    modules = containers, python_state, split_dependency, visualize, evaluation, hparam, training
    assert all(module.__name__.startswith("tensorflow.contrib.") for module in modules)
    assert hparam.HParams(a=1).to_proto() == hparam_pb2.HParamDef(hparam={"a": {"int64_value": 1}})
    with pytest.raises(AttributeError, match="nothing for io_ops of tensorflow.contrib.framework"):
        _ = checkpoint_utils.io_ops


def test_mnist_tutorial(installed):
    """The first line of many tutorials."""
    from tensorflow.examples.tutorials.mnist import input_data

    assert input_data is importlib.import_module("perdure.contrib.learn.datasets.mnist")


@pytest.mark.parametrize(
    "statement, message",
    [
        (
            "import tensorflow.contrib.quantize as quantize",
            "tensorflow.contrib.quantize is part of TensorFlow 1",
        ),
        (
            "from tensorflow.contrib import quantize",
            "tf.contrib.quantize is part of TensorFlow 1.15 but is not",
        ),
        (
            "from tensorflow.contrib.layers import recompute_grad",
            "tf.contrib.layers.recompute_grad is part of TensorFlow",
        ),
        ("from tensorflow import lite", "tensorflow.lite is part of TensorFlow 1.15 but is"),
        ("from tensorflow import layer_norm", "cannot import name 'layer_norm': TensorFlow 1.15 has no"),
        (
            "from tensorflow.train import sdca_fprint",
            "cannot import name 'sdca_fprint': tf.train.sdca_fp",
        ),
        ("from tensorflow.flags import nothing", "TensorFlow 1.15 has no tf.flags.nothing"),
        ("from tensorflow.raw_ops import NoSuchOp", "TensorFlow 1.15 has no tf.raw_ops.NoSuchOp"),
        (
            "from tensorflow.python.util.tf_should_use import should_use_result",
            "cannot import name 'should_use_result': perdure has nothing for should_use_result of "
            "tensorflow.python.util.tf_should_use, which is a part of TensorFlow 1.15: TensorFlow's own",
        ),
        ("from tensorflow import lite", "tensorflow.lite is part of TensorFlow 1.15"),
        ("import tensorflow.nothing", "TensorFlow 1.15 has no module tensorflow.nothing"),
        ("from tensorflow import nothing", "cannot import name 'nothing'"),
        (
            "from tensorflow.python.ops import nothing_ops",
            "TensorFlow 1.15 has no module tensorflow.python.ops.no",
        ),
        ("from tensorflow.python.ops.math_ops import nothing", "cannot import name 'nothing'"),
        ("import tensorflow.core.nothing_pb2", "perdure has nothing for tensorflow.core.nothing"),
        ("import tensorflow.python._pywrap", "TensorFlow 1.15 has no module tensorflow.python._p"),
    ],
)
def test_a_missing_module_is_an_import_error_that_explains(installed, statement, message):
    """Programs catch ImportError, and people read it."""
    with pytest.raises(ImportError) as error:
        exec(statement, {})
    assert message in str(error.value)


def test_missing_attributes(installed):
    """Of a package, and of a module."""
    import tensorflow.python as python
    from tensorflow.python.ops import math_ops

    with pytest.raises(AttributeError, match="nothing for nothing of tensorflow.python.ops.math"):
        _ = math_ops.nothing
    with pytest.raises(AttributeError, match="nothing for nothing of tensorflow.python.ops"):
        _ = python.ops.nothing
    with pytest.raises(AttributeError, match="has no tf.nothing"):
        _ = python.nothing
    assert not hasattr(math_ops, "__wrapped__")


def test_every_view_has_tensorflows_names():
    """Each entry of the table leads to a public name of TensorFlow 1.15, or to a raw op."""
    from perdure.graph.signatures import type_of
    from perdure.tf._missing import is_tensorflow_name

    wrong = [
        f"{module}.{name}"
        for module, names in modules.public_names().items()
        for name, public in names.items()
        if not (type_of(name) if public == modules.RAW else is_tensorflow_name(public))
    ]
    assert not wrong


def test_every_name_of_the_table_resolves():
    """What the table of names inside TensorFlow says is there."""
    for module, entry in modules.table().items():
        for name, (source, original) in entry.origins.items():
            assert hasattr(importlib.import_module(source), original), f"{module}.{name}"
        if entry.alias is not None:
            assert importlib.util.find_spec(entry.alias) is not None


def test_every_module_of_the_table_is_one_of_tensorflow():
    """And says one thing: what it has, or why it has nothing."""
    strange = {*modules.table()} - {*modules.names_inside()}
    # TensorFlow tests its own tests; gradients of some families are in no module of their own.
    assert {name for name in strange if "test" not in name} <= NOT_LISTED
    for module, entry in modules.table().items():
        has = bool(entry.origins) + bool(entry.namespace) + bool(entry.alias)
        assert bool(has) != (entry.reason is not None), module
        assert entry.alias is None or has == 1, module


NOT_LISTED = {"examples.tutorials.mnist.input_data"}


@pytest.mark.parametrize(
    "module, name, kind, message",
    [
        ("python.ops.math_ops", "cast", None, None),
        ("python.ops.array_ops", "constant", None, None),
        (
            "python.ops.tensor_array_grad",
            "anything",
            AttributeError,
            "for anything of tensorflow.python.ops.tensor_array_grad: TensorFlow registers gradients",
        ),
        (
            "python.eager.backprop",
            "implicit_grad",
            NotImplementedError,
            "which is a part of TensorFlow 1.15: perdure runs graphs, and nothing eagerly",
        ),
        (
            "python.eager.backprop",
            "nothing",
            AttributeError,
            "backprop: perdure runs graphs, and nothing eagerly$",
        ),
        ("python.ops.math_ops", "reduce_maen", AttributeError, "did you mean reduce_mean\\?"),
        ("contrib.framework.python.ops.variables", "get_global_step", None, None),
        (
            "contrib.framework.python.ops.variables",
            "zero_initializer",
            NotImplementedError,
            "for zero_initializer of tensorflow.contrib.framework.python.ops.variables, which is a part",
        ),
    ],
)
def test_three_states(module, name, kind, message):
    """A name is there, or empty on purpose, or missing: an error that says which, and why."""
    if kind is None:
        assert modules.value_of(module, name) is not None
        return
    with pytest.raises(AttributeError, match=message) as error:
        modules.value_of(module, name)
    assert isinstance(error.value, kind)


def test_contrib_is_a_room(installed):
    """`tf.contrib` and its packages are modules of the face, however they are imported."""
    import tensorflow.contrib.rnn as rnn
    from tensorflow.contrib.framework.python.ops import variables

    assert tf.contrib.rnn is rnn
    assert rnn.LSTMCell is tf.nn.rnn_cell.LSTMCell
    assert tf.contrib.framework.get_global_step is variables.get_global_step is tf.train.get_global_step
    assert tf.contrib.framework.nest is tf.nest
    with pytest.raises(
        NotImplementedError, match=r"tf\.contrib\.quantize is part of TensorFlow 1\.15 but is not"
    ):
        _ = tf.contrib.quantize
    assert not hasattr(tf.contrib, "quantize")
    with pytest.raises(
        AttributeError, match=r"1\.15 has no tf\.contrib\.quantise; did you mean tf\.contrib\.quantize"
    ):
        _ = tf.contrib.quantise


def test_a_variable_of_an_internal_module_can_be_set(installed, monkeypatch):
    """Programs silence TensorFlow's deprecation warnings like this."""
    from tensorflow.python.util import deprecation, module_wrapper

    monkeypatch.setattr(deprecation, "_PRINT_DEPRECATION_WARNINGS", False)
    module_wrapper._PER_MODULE_WARNING_LIMIT = 0
    from tensorflow.python import util

    assert util.deprecation._PRINT_DEPRECATION_WARNINGS is False
    logged = []
    monkeypatch.setattr(logging, "warning", lambda text, *args: logged.append(text))
    warn_once("silenced", "tensorflow.module", "Nothing.")
    assert not logged
    monkeypatch.setattr(deprecation, "_PRINT_DEPRECATION_WARNINGS", True)
    warn_once("silenced", "tensorflow.module", "Nothing.")
    assert len(logged) == 1
    assert util.module_wrapper._PER_MODULE_WARNING_LIMIT == 0


def test_local_devices(installed):
    """Programs look for a GPU like this."""
    from tensorflow.python.client import device_lib

    device = device_lib.list_local_devices()[0]
    assert (device.name, device.device_type) == ("/device:CPU:0", "CPU")


def test_installing_twice_and_uninstalling(installed):
    """install() is idempotent; uninstall() leaves nothing behind."""
    import tensorflow.python.framework.ops
    from tensorflow.python.framework import ops

    perdure.compat.install()
    assert sys.meta_path.count(finder.FINDER) == 1
    perdure.compat.uninstall()
    perdure.compat.uninstall()
    assert not [name for name in sys.modules if name.split(".")[0] == "tensorflow"]
    assert not hasattr(tf, "python")
    assert ops.Graph is tf.Graph
    if importlib.util.find_spec("tensorflow") is None:
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("tensorflow")
    assert tensorflow is tf


def test_a_tensorflow_that_was_imported_is_an_error(monkeypatch):
    """Two modules called tensorflow in one program would be two graphs."""
    monkeypatch.setitem(sys.modules, "tensorflow", types.ModuleType("tensorflow"))
    with pytest.raises(RuntimeError, match="must come before the first `import tensorflow`"):
        perdure.compat.install()
    assert not perdure.compat.is_installed()


def test_a_tensorflow_that_could_be_imported_loses(tmp_path):
    """perdure wins, and says so."""
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow/__init__.py").write_text("raise SystemExit('the wrong one')")
    code = "import perdure.compat as c; c.install(); import tensorflow; print(tensorflow.VERSION)"
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{tmp_path}:{SOURCE}"},
    )
    assert result.stdout == "1.15.5\n"
    assert "RuntimeWarning: TensorFlow is installed too" in result.stderr


def test_programs_for_tpus_import_what_they_name(installed):
    """What only TPUs do refuses when it is called, and says what to do."""
    from tensorflow.contrib import tpu as contrib_tpu
    from tensorflow.contrib.tpu.python.tpu import bfloat16, tpu_optimizer
    from tensorflow.python.tpu import session_support, tensor_tracer, tpu, tpu_function
    from tensorflow.python.tpu.ops import tpu_ops

    assert tpu_optimizer.CrossShardOptimizer is contrib_tpu.CrossShardOptimizer
    assert not tensor_tracer.TensorTracer.is_enabled()
    assert tpu_function.get_tpu_context().number_of_shards is None
    for refuse in (
        lambda: contrib_tpu.rewrite(lambda x: x),
        lambda: tpu.replicate(lambda x: x),
        lambda: tpu_ops.cross_replica_sum(1.0),
        lambda: session_support.start_worker_watchdog(None),
        lambda: tf.contrib.cluster_resolver.TPUClusterResolver("here"),
        lambda: tf.tpu.initialize_system(),
    ):
        with pytest.raises(NotImplementedError, match="leave use_tpu=False"):
            refuse()
    with tf.Graph().as_default():
        v = tf.Variable(1.0)
        optimizer = contrib_tpu.CrossShardOptimizer(tf.train.MomentumOptimizer(0.1, 0.9))
        gradients = optimizer.compute_gradients(v * 2.0)
        assert gradients[0][1] is v
        with pytest.raises(NotImplementedError, match="use its optimizer without it"):
            optimizer.apply_gradients(gradients)
        with bfloat16.bfloat16_scope():
            w = tf.get_variable("w", [2], tf.bfloat16)
        assert (w.dtype, tf.global_variables()[-1].dtype.base_dtype) == (tf.bfloat16, tf.float32)
