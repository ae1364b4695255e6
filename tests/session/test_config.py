"""ConfigProto: what its fields do."""

import os
import re
import sys
import types
from pathlib import Path

import pytest

from perdure import tf
from perdure.formats.messages import ConfigProto, RunMetadata, RunOptions
from perdure.graph import errors
from perdure.session import config as config_module
from perdure.session.config import settings_of

PAGE = Path(__file__).parents[2] / "docs/session.md"


@pytest.fixture(autouse=True)
def graph(monkeypatch):
    monkeypatch.setattr(config_module, "_warned", set())
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize("message", [ConfigProto, RunOptions, RunMetadata], ids=lambda m: m.__name__)
def test_the_page_has_every_field(message):
    """docs/session.md says of each field what it does, or why it does nothing."""
    documented = set(re.findall(r"^\| `(\w+)`", PAGE.read_text(), re.M))
    assert {field.name for field in message.DESCRIPTOR.fields} - {"experimental"} <= documented


def test_a_cluster_is_refused():
    """By name; an empty one is none."""
    config = ConfigProto()
    config.cluster_def.SetInParent()
    assert settings_of(config).timeout_seconds is None
    config.cluster_def.job.add(name="worker")
    with pytest.raises(errors.UnimplementedError, match="ConfigProto.cluster_def"):
        tf.Session(config=config)


def test_fields_without_effect_warn_once():
    """Where a program would behave differently in TensorFlow."""
    config = ConfigProto(device_filters=["/job:ps"])
    config.gpu_options.allocator_type = "BFC"
    config.rpc_options.use_rpc_for_inprocess_master = True
    with pytest.warns(UserWarning) as warned:
        settings_of(config)
        settings_of(config)
    told = [str(w.message) for w in warned]
    assert [text.split(" has")[0] for text in told] == [
        "ConfigProto.device_filters", "ConfigProto.rpc_options", "ConfigProto.gpu_options.allocator_type",
    ]  # fmt: skip


def test_the_usual_fields_do_not_warn():
    """What nearly every program sets, and what only hints at speed."""
    config = ConfigProto(
        allow_soft_placement=True, intra_op_parallelism_threads=1, inter_op_parallelism_threads=1,
        use_per_session_threads=True, isolate_session_state=True, placement_period=1,
        device_count={"GPU": 0},
    )  # fmt: skip
    config.gpu_options.polling_active_delay_usecs = 1
    config.graph_options.optimizer_options.opt_level = -1
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with tf.Session(config=config) as session:
        assert session.run(tf.constant(1)) == 1


def test_gpu_options_become_settings_of_jax(monkeypatch):
    """They are set before JAX first uses a GPU; what the user has set in the environment wins."""
    monkeypatch.setattr(config_module, "_jax_uses_a_gpu", lambda: False)
    monkeypatch.setattr(os, "environ", {"XLA_PYTHON_CLIENT_MEM_FRACTION": "0.9"})
    config = ConfigProto()
    config.gpu_options.allow_growth = True
    config.gpu_options.per_process_gpu_memory_fraction = 0.25
    config.gpu_options.visible_device_list = "1"
    settings_of(config)
    assert os.environ == {
        "XLA_PYTHON_CLIENT_MEM_FRACTION": "0.9", "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "CUDA_VISIBLE_DEVICES": "1",
    }  # fmt: skip
    del os.environ["XLA_PYTHON_CLIENT_MEM_FRACTION"]
    settings_of(config)
    assert os.environ["XLA_CLIENT_MEM_FRACTION"] == "0.25"


def test_gpu_options_that_come_too_late(monkeypatch):
    """A warning, and nothing is changed."""
    bridge = types.SimpleNamespace(_backends={"cpu": None, "cuda": None})
    monkeypatch.setitem(sys.modules, "jax._src.xla_bridge", bridge)
    monkeypatch.setattr(os, "environ", {})
    config = ConfigProto()
    config.gpu_options.allow_growth = True
    with pytest.warns(UserWarning, match="gpu_options has no effect in perdure: the GPU is in use"):
        settings_of(config)
    assert not os.environ
    bridge._backends = {"cpu": None}
    settings_of(config)
    assert os.environ


def test_infer_shapes_is_for_graph_def():
    """With it `session.graph_def` has the static shapes."""
    tf.constant([1, 2])
    config = ConfigProto()
    config.graph_options.infer_shapes = True
    with tf.Session(config=config) as session:
        assert "_output_shapes" in session.graph_def.node[0].attr


def test_reset_checks_its_arguments():
    """As a session does."""
    with pytest.raises(TypeError, match="target must be a string"):
        tf.Session.reset(1)
    with pytest.raises(errors.NotFoundError, match="No session factory registered"):
        tf.Session.reset("elsewhere")
    with pytest.raises(TypeError, match="containers must be strings, but got 1"):
        tf.Session.reset("", [1])


def test_the_interface_of_sessions():
    """A class of a program's own has to define what it uses."""
    from perdure.session.session import SessionInterface

    session = SessionInterface()
    for use in (
        lambda: session.graph, lambda: session.sess_str, lambda: session.run(1),
        lambda: session.partial_run_setup(1), lambda: session.partial_run("h", 1),
    ):  # fmt: skip
        with pytest.raises(NotImplementedError, match="graph|sess_str|run|partial_run"):
            use()
