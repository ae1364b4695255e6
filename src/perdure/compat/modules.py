"""What perdure has for the modules inside TensorFlow, which programs import from too.

TensorFlow's own modules mostly hold what `tf` exports: `modules-1.15.txt` says which name is
which.  This module knows the rest: names that are not public, modules that are generated from
the op table, and protos.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from perdure.formats.messages import TENSORFLOW_MODULES
from perdure.tf._missing import tensorflow_names

# TensorFlow registers the gradients of these families when it imports the module `<family>_grad`.
GRADIENT_FAMILIES = (
    "array", "control_flow", "data_flow", "image", "linalg", "manip", "math", "nn", "optional",
    "random", "rnn", "sparse", "state",
)  # fmt: skip

# Names that TensorFlow does not export, by its module: perdure's modules and the names there.
# An empty table is a module that programs only set a variable of.
NOT_PUBLIC: dict[str, dict[str, str]] = {
    "client.device_lib": {"session.devices": "list_local_devices"},
    "client.session": {
        "session.devices": "_DeviceAttributes",
        "session.expansions": "register_session_run_conversion_functions",
        "session.session": "BaseSession SessionInterface",
    },
    "client.timeline": {"session.timeline": "AllocationMaximum StepStatsAnalysis Timeline"},
    "eager.context": {
        "testing.modes": "eager_mode graph_mode",
        "variables.behavior": "executing_eagerly",
    },
    "framework.constant_op": {"graph.constants": "constant_value"},
    "framework.device": {
        "graph.devices": "DeviceSpec canonical_name=canonical is_device_spec merge_device",
    },
    "framework.ops": {
        "graph.composite": "IndexedSlices IndexedSlicesValue SparseTensor SparseTensorValue",
        "graph.conversion": "convert_n_to_tensor internal_convert_to_tensor "
        "register_tensor_conversion_function",
        "graph.defaults": "colocate_with get_all_collection_keys",
        "graph.stacks": "_default_graph_stack=graph_stack _default_session_stack=session_stack "
        "default_session has_default_graph",
        "graph.tensor": "is_dense_tensor_like=is_tensor_like",
        "graph.tensor_shape": "TensorShape",
    },
    "framework.test_util": {
        "testing.devices": "device force_cpu force_gpu gpu_device_name is_gpu_available use_gpu",
        "testing.graphs": "GpuSupportsHalfMatMulAndConv InstallStackTraceHandler IsBuiltWithROCm "
        "IsGoogleCudaEnabled IsMklEnabled NCHWToNHWC NHWCToNCHW assert_equal_graph_def "
        "assert_equal_graph_def_v2 assert_ops_in_graph get_node_def_from_graph is_xla_enabled",
        "testing.modes": "also_run_as_tf_function assert_no_garbage_created "
        "assert_no_new_pyobjects_executing_eagerly assert_no_new_tensors "
        "build_as_function_and_v1_graph deprecated_graph_mode_only disable_control_flow_v2 "
        "disable_xla enable_c_shapes enable_control_flow_v2 enable_output_all_intermediates "
        "enable_tf_xla_constant_folding for_all_test_methods no_xla_auto_jit "
        "py_func_if_in_function run_all_in_graph_and_eager_modes run_cuda_only run_deprecated_v1 "
        "run_gpu_only run_in_graph_and_eager_modes run_v1_only run_v2_only skip_if "
        "use_deterministic_cudnn with_c_shapes with_control_flow_v2 xla_allow_fallback",
        "testing.running": "create_local_cluster",
        "testing.test_case": "CapturedWrites TensorFlowTestCase=TestCase",
    },
    "framework.tensor_shape": {"graph.tensor_shape": "as_dimension as_shape unknown_shape"},
    "framework.tensor_util": {"graph.constants": "constant_value_as_shape"},
    "ops.array_ops": {"graph.constants": "constant"},
    "ops.control_flow_ops": {"functional.control": "with_dependencies"},
    "ops.data_flow_ops": {
        "queues.barrier": "Barrier",
        "queues.map_staging_area": "MapStagingArea",
        "queues.staging_area": "BaseStagingArea StagingArea",
    },
    "ops.lookup_ops": {"functional.resources": "initialize_all_tables tables_initializer"},
    "ops.resources": {
        "functional.resources": "initialize_resources local_resources register_resource "
        "report_uninitialized_resources shared_resources",
    },
    "ops.resource_variable_ops": {
        "variables.resource_variable": "BaseResourceVariable ResourceVariable is_resource_variable",
    },
    "ops.nn_impl": {"functional.candidate_sampling": "_compute_sampled_logits=compute_sampled_logits"},
    "ops.rnn_cell_impl": {
        "rnn.base": "LayerRNNCell _concat=joined_shape _zero_state_tensors=zero_states "
        "assert_like_rnncell",
    },
    "ops.session_ops": {"session.handles": "TensorHandle"},
    "ops.variables": {
        "variables.base": "Variable",
        "variables.variable": "RefVariable",
    },
    "platform.googletest": {
        "testing.running": "Benchmark GetTempDir StatefulSessionAvailable StubOutForTesting main "
        "test_src_dir_path",
        "testing.test_case": "TestCase",
    },
    "platform.test": {"testing.running": "mock"},
    "training.basic_session_run_hooks": {"training.hook_timers": "NeverTriggerTimer"},
    "training.monitored_session": {
        "training.monitored_session": "USE_DEFAULT _MonitoredSession",
        "training.wrapped_session": "_CoordinatedSession _HookedSession _RecoverableSession "
        "_WrappedSession",
    },
    "training.moving_averages": {
        "training.moving_averages": "assign_moving_average weighted_moving_average",
    },
    "training.server_lib": {"training.server_lib": "_make_server_def"},
    "training.optimizer": {"training.optimizer": "_deduplicate_indexed_slices"},
    "training.slot_creator": {
        "training.slot_creator": "create_slot create_slot_with_initializer create_zeros_slot",
    },
    "training.training_util": {
        "training.training_util": "GLOBAL_STEP_READ_KEY _get_or_create_global_step_read "
        "_increment_global_step",
    },
    "util.deprecation": {},
    "util.module_wrapper": {},
    "util.nest": {
        "graph.nest": "assert_shallow_structure flatten_dict_items flatten_up_to "
        "flatten_with_joined_string_paths flatten_with_tuple_paths flatten_with_tuple_paths_up_to "
        "get_traverse_shallow_structure is_sequence is_sequence_or_composite map_structure_up_to "
        "map_structure_with_paths map_structure_with_tuple_paths map_structure_with_tuple_paths_up_to "
        "yield_flat_paths",
    },
    "util.protobuf.compare": {"testing.assertions": "ProtoEq assertProtoEqual"},
    # Imported for what importing them does in TensorFlow, or for what only some programs call.
    **{f"ops.{family}_grad": {} for family in GRADIENT_FAMILIES},
    "distribute.distribute_coordinator": {},
    "distribute.distribute_coordinator_context": {},
    "distribute.distribute_lib": {},
    "eager.backprop": {},
    "eager.def_function": {},
    "framework.common_shapes": {},
    "framework.error_interpolation": {},
    "framework.function": {},
    "framework.meta_graph": {},
    "framework.op_def_library": {},
    "ops.cond_v2": {},
    "ops.control_flow_util": {},
    "ops.control_flow_v2_toggles": {},
    "ops.while_v2": {},
    "summary.writer.event_file_writer": {},
    "training.evaluation": {},
    "training.summary_io": {},
    "training.tracking.base": {},
    "training.tracking.util": {},
}

# The same for modules below `tensorflow.contrib`: those that unit tests of TensorFlow's core import.
CONTRIB: dict[str, dict[str, str]] = {
    "framework.python.framework.checkpoint_utils": {},
    "framework.python.ops.variables": {
        "training.training_util": "assert_global_step create_global_step get_global_step "
        "get_or_create_global_step",
    },
    "testing.python.framework.fake_summary_writer": {
        "testing.fake_summary_writer": "FakeSummaryWriter",
    },
    "testing.python.framework.util": {},
}

# Modules that are a whole public namespace, with its numbers and texts, which
# modules-1.15.txt leaves out.
NAMESPACES: dict[str, str] = {
    "compat.compat": "compat",
    "framework.errors": "errors",
    "framework.graph_util": "graph_util",
    "framework.versions": "version",
    "ops.losses.losses": "losses",
    "ops.metrics": "metrics",
    "platform.flags": "flags",
    "platform.gfile": "gfile",
    "platform.test": "test",
    "saved_model.builder": "saved_model.builder",
    "saved_model.loader": "saved_model.loader",
    "saved_model.main_op": "saved_model.main_op",
    "saved_model.signature_constants": "saved_model.signature_constants",
    "saved_model.signature_def_utils": "saved_model.signature_def_utils",
    "saved_model.tag_constants": "saved_model.tag_constants",
    "saved_model.utils": "saved_model.utils",
    "training.queue_runner": "train.queue_runner",
    "util.compat": "compat",
    "util.nest": "nest",
}


@cache
def python_modules() -> Mapping[str, Mapping[str, str]]:
    """Modules below `tensorflow.python`: their names, and what each is called below `tf`."""
    text = files("perdure.compat").joinpath("modules-1.15.txt").read_text(encoding="utf-8")
    modules: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        module, _, entries = line.partition(": ")
        pairs = (entry.partition("=") for entry in entries.split())
        modules[module] = {name: public or name for name, _, public in pairs}
    for module, namespace in NAMESPACES.items():
        names = tensorflow_names()[namespace]
        modules.setdefault(module, {}).update({name: f"{namespace}.{name}" for name in names})
    for module in NOT_PUBLIC:
        modules.setdefault(module, {})
    return modules


@cache
def _not_public(module: str) -> Mapping[str, tuple[str, str]]:
    """Names of `tensorflow.python.<module>` by the module of perdure and the name there."""
    return _by_name(NOT_PUBLIC.get(module, {}))


def _by_name(sources: Mapping[str, str]) -> Mapping[str, tuple[str, str]]:
    found = {}
    for source, names in sources.items():
        for name, _, original in (entry.partition("=") for entry in names.split()):
            found[name] = (f"perdure.{source}", original or name)
    return found


@cache
def python_packages() -> frozenset[str]:
    """The packages below `tensorflow.python`, "" for itself."""
    return frozenset(
        module[:end]
        for module in (*python_modules(), "ops.gen_ops")
        for end in (0, *(i for i, letter in enumerate(module) if letter == "."))
    )


@cache
def contrib_packages() -> frozenset[str]:
    """The packages below `tensorflow.contrib`, "" for itself."""
    return frozenset(
        module[:end]
        for module in CONTRIB
        for end in (0, *(i for i, letter in enumerate(module) if letter == "."))
    )


def contrib_value(module: str, name: str) -> Any:
    """What `name` is in `tensorflow.contrib.<module>`.

    Raises:
        AttributeError: perdure has nothing for it.
    """
    names = _by_name(CONTRIB[module])
    if name not in names:
        raise AttributeError(f"perdure has nothing for {name} of tensorflow.contrib.{module}")
    source, original = names[name]
    return getattr(import_module(source), original)


def contrib_names(module: str) -> list[str]:
    """The names that `tensorflow.contrib.<module>` has."""
    return sorted(_by_name(CONTRIB[module]))


def public_value(public: str) -> Any:
    """The value of `tf.<public>`, whatever it is called."""
    value = import_module("perdure.tf")
    for part in public.split("."):
        value = getattr(value, part)
    return value


def internal_value(module: str, name: str) -> Any:
    """What `name` is in `tensorflow.python.<module>`.

    Raises:
        AttributeError: perdure has nothing for it.
    """
    public = python_modules()[module].get(name)
    if public is not None:
        return public_value(public)
    if name in _not_public(module):
        source, original = _not_public(module)[name]
        return getattr(import_module(source), original)
    raise AttributeError(f"perdure has nothing for {name} of tensorflow.python.{module}")


def internal_names(module: str) -> list[str]:
    """The names that `tensorflow.python.<module>` may have."""
    return sorted({*python_modules()[module], *_not_public(module)})


def raw_constructor(module: str, name: str) -> Any:
    """What `name` is in a module that TensorFlow generates from its ops: `gen_math_ops.mat_mul`.

    Raises:
        AttributeError: there is no such op.
    """
    from perdure.graph.builder import g

    if name.startswith("__"):
        raise AttributeError(f"tensorflow.python.{module} has no {name}")
    return getattr(g, name)


def proto_module(name: str) -> str | None:
    """The module of perdure for TensorFlow's proto module `name`, or None."""
    package, _, module = name.rpartition(".")
    protos = TENSORFLOW_MODULES.get(package, ())
    return f"perdure.formats.protos.{module}" if module.removesuffix("_pb2") in protos else None


def is_proto_package(name: str) -> bool:
    """Whether `name` is a package of TensorFlow with proto modules in it or below it."""
    return any(f"{package}.".startswith(f"{name}.") for package in TENSORFLOW_MODULES)
