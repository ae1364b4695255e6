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

# What modules-1.15.txt says of a raw op's constructor that a module hands on.
RAW = "*"

# What errors_impl has as the public module has it, and what only it has.
ERRORS = (
    "ABORTED ALREADY_EXISTS CANCELLED DATA_LOSS DEADLINE_EXCEEDED FAILED_PRECONDITION INTERNAL "
    "INVALID_ARGUMENT NOT_FOUND OK OUT_OF_RANGE PERMISSION_DENIED RESOURCE_EXHAUSTED UNAUTHENTICATED "
    "UNAVAILABLE UNIMPLEMENTED UNKNOWN InaccessibleTensorError OperatorNotAllowedInGraphError"
)

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
    "framework.common_shapes": {
        "compat.inner_shapes": "broadcast_shape call_cpp_shape_fn get2d_conv_output_size "
        "get_conv_output_size has_fully_defined_shape is_broadcast_compatible no_outputs rank "
        "scalar_shape unchanged_shape unchanged_shape_with_rank unchanged_shape_with_rank_at_least "
        "unchanged_shape_with_rank_at_most unknown_shape",
    },
    "framework.constant_op": {
        "compat.inner_values": "is_constant",
        "graph.constants": "constant_value",
    },
    "framework.device": {
        "graph.devices": "DeviceSpec MergeDevice canonical_name=canonical check_valid "
        "is_device_spec merge_device",
    },
    "framework.dtypes": {
        "graph.dtypes": "bfloat16_ref bool_ref complex128_ref complex64_ref double_ref float16_ref "
        "float32_ref float64_ref half_ref int16_ref int32_ref int64_ref int8_ref qint16_ref qint32_ref "
        "qint8_ref quint16_ref quint8_ref resource_ref string_ref uint16_ref uint32_ref uint64_ref "
        "uint8_ref variant_ref",
    },
    "framework.errors_impl": {"graph.errors": "_make_specific_exception=make_error " + ERRORS},
    "framework.errors": {"graph.errors": "InaccessibleTensorError OperatorNotAllowedInGraphError"},
    "framework.indexed_slices": {
        "compat.inner_ops": "convert_n_to_tensor_or_indexed_slices",
        "graph.composite": "IndexedSlicesValue",
    },
    "framework.ops": {
        "compat.inner_ops": "NullContextmanager OpStats RegisterShape RegisterStatistics _USE_C_API "
        "_USE_C_SHAPES _as_graph_element _assert_same_graph _eval_using_default_session "
        "_get_graph_from_inputs _run_using_default_session _set_call_cpp_shape_fn "
        "convert_n_to_tensor_or_composite convert_n_to_tensor_or_indexed_slices "
        "convert_to_tensor_or_composite convert_to_tensor_v2 device_v2 "
        "executing_eagerly_outside_functions get_collection_proto_type get_from_proto_function "
        "get_name_scope get_stats_for_node_def get_to_proto_function inside_function "
        "internal_convert_n_to_tensor name_from_scope_name name_scope_v2 prepend_name_scope "
        "register_proto_function set_shape_and_handle_data_for_outputs strip_name_scope uid",
        "gradients.registry": "get_gradient_function=gradient_function",
        "graph.composite": "IndexedSlices IndexedSlicesValue SparseTensor SparseTensorValue "
        "convert_to_tensor_or_indexed_slices",
        "graph.conversion": "convert_n_to_tensor internal_convert_to_tensor "
        "register_tensor_conversion_function",
        "graph.defaults": "colocate_with get_all_collection_keys",
        "graph.stacks": "_DefaultGraphStack=_GraphStack _DefaultStack=DefaultStack "
        "_default_graph_stack=graph_stack _default_session_stack=session_stack "
        "default_session has_default_graph",
        "graph.tensor": "is_dense_tensor_like=is_tensor_like",
        "graph.tensor_shape": "TensorShape",
    },
    "framework.sparse_tensor": {"compat.inner_values": "is_sparse"},
    "framework.test_util": {
        "testing.devices": "device force_cpu force_gpu gpu_device_name is_gpu_available use_gpu",
        "testing.graphs": "GpuSupportsHalfMatMulAndConv InstallStackTraceHandler IsBuiltWithROCm "
        "IsGoogleCudaEnabled IsMklEnabled NCHWToNHWC NHWCToNCHW assert_equal_graph_def "
        "assert_equal_graph_def_v1=assert_equal_graph_def assert_equal_graph_def_v2 "
        "assert_ops_in_graph get_node_def_from_graph is_xla_enabled",
        "testing.modes": "also_run_as_tf_function assert_no_garbage_created "
        "assert_no_new_pyobjects_executing_eagerly assert_no_new_tensors "
        "build_as_function_and_v1_graph deprecated_graph_mode_only disable_control_flow_v2 "
        "disable_xla enable_c_shapes enable_control_flow_v2 enable_output_all_intermediates "
        "enable_tf_xla_constant_folding for_all_test_methods no_xla_auto_jit "
        "py_func_if_in_function run_all_in_graph_and_eager_modes run_cuda_only run_deprecated_v1 "
        "run_gpu_only run_in_graph_and_eager_modes run_v1_only run_v2_only skip_if "
        "use_deterministic_cudnn with_c_shapes with_control_flow_v2 xla_allow_fallback",
        "testing.running": "create_local_cluster",
        "testing.test_case": "CapturedWrites ErrorLoggingSession TensorFlowTestCase=TestCase",
    },
    "framework.tensor_shape": {
        "compat.inner_values": "matrix scalar vector",
        "graph.tensor_shape": "as_dimension as_shape unknown_shape",
    },
    "framework.tensor_util": {
        "compat.inner_values": "ShapeEquals maybe_set_static_shape shape_tensor",
        "graph.constants": "constant_value_as_shape",
    },
    "ops.array_ops": {"graph.constants": "constant"},
    "ops.control_flow_ops": {"functional.control.control": "with_dependencies"},
    "ops.control_flow_util": {
        "compat.inner_values": "ENABLE_CONTROL_FLOW_V2 EnableControlFlowV2",
    },
    "ops.data_flow_ops": {
        "queues.barrier": "Barrier",
        "queues.map_staging_area": "MapStagingArea",
        "queues.staging_area": "BaseStagingArea StagingArea",
    },
    "ops.lookup_ops": {"functional.state.resources": "initialize_all_tables tables_initializer"},
    "ops.resources": {
        "functional.state.resources": "initialize_resources local_resources register_resource "
        "report_uninitialized_resources shared_resources",
    },
    "ops.resource_variable_ops": {
        "variables.resource_variable": "BaseResourceVariable ResourceVariable is_resource_variable",
    },
    "ops.nn_impl": {"functional.nn.candidate_sampling": "_compute_sampled_logits=compute_sampled_logits"},
    "ops.rnn_cell_impl": {
        "rnn.base": "LayerRNNCell _concat=joined_shape _zero_state_tensors=zero_states assert_like_rnncell",
    },
    "ops.gradient_checker_v2": {"testing.gradient_checker_v2": "compute_gradient max_error"},
    "ops.session_ops": {"session.handles": "TensorHandle"},
    "ops.state_ops": {
        "compat.inner_variables": "init_variable variable_op variable_op_v2",
        "functional.state.state": "is_variable_initialized",
    },
    "ops.variables": {
        "compat.inner_variables": "_all_saveable_objects validate_synchronization_aggregation_trainable",
        "variables.base": "Variable",
        "variables.variable": "RefVariable",
    },
    "eager.test": {"testing.running": "main", "testing.test_case": "TestCase"},
    "tf2": {"compat.inner_values": "disable enable enabled"},
    "platform.googletest": {
        "testing.running": "Benchmark GetTempDir StatefulSessionAvailable StubOutForTesting main "
        "test_src_dir_path",
        "testing.test_case": "TestCase",
    },
    "platform.test": {"testing.running": "mock"},
    "training.basic_session_run_hooks": {
        "training.basic_session_run_hooks": "_as_graph_element",
        "training.hook_timers": "NeverTriggerTimer",
        "training.multi_step_hooks": "_MultiStepStopAtStepHook=MultiStepStopAtStepHook "
        "get_or_create_steps_per_run_variable",
    },
    "training.monitored_session": {
        "training.monitored_session": "USE_DEFAULT _MonitoredSession",
        "training.wrapped_session": "_CoordinatedSession _HookedSession "
        "_PREEMPTION_ERRORS=PREEMPTION_ERRORS _RecoverableSession _WrappedSession",
    },
    "training.moving_averages": {
        "optimizers.moving_averages": "assign_moving_average weighted_moving_average",
    },
    "training.session_manager": {"training.session_manager": "_maybe_name _ready"},
    "training.server_lib": {"distributed.server_lib": "_make_server_def"},
    "training.optimizer": {"optimizers.optimizer": "_deduplicate_indexed_slices"},
    "training.slot_creator": {
        "optimizers.slot_creator": "create_slot create_slot_with_initializer create_zeros_slot",
    },
    "training.training_util": {
        "training.training_util": "GLOBAL_STEP_READ_KEY _get_global_step_read "
        "_get_or_create_global_step_read _increment_global_step",
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
    "debug.lib.debug_data": {},
    "debug.lib.debug_utils": {},
    "debug.wrappers.framework": {},
    "debug.wrappers.hooks": {},
    "debug.wrappers.local_cli_wrapper": {},
    "distribute.distribution_strategy_context": {},
    "distribute.reduce_util": {},
    "eager.backprop": {},
    "eager.core": {},
    "eager.execute": {},
    "eager.function": {},
    "eager.monitoring": {},
    "eager.tape": {},
    "eager.wrap_function": {},
    "framework.auto_control_deps": {},
    "framework.c_api_util": {},
    "framework.composite_tensor": {},
    "framework.func_graph": {},
    "framework.function_def_to_graph": {},
    "framework.graph_to_function_def": {},
    "framework.kernels": {},
    "framework.op_def_registry": {},
    "framework.registry": {},
    "framework.smart_cond": {},
    "framework.subscribe": {},
    "framework.tensor_like": {},
    "framework.test_ops": {},
    "framework.traceable_stack": {},
    "ops.control_flow_state": {},
    "ops.control_flow_util_v2": {},
    "ops.init_ops_v2": {},
    "ops.list_ops": {},
    "ops.losses.util": {},
    "ops.ragged.ragged_factory_ops": {},
    "ops.ragged.ragged_tensor": {},
    "ops.sets": {},
    "ops.tensor_array_grad": {},
    "ops.weights_broadcast_ops": {},
    "profiler.option_builder": {},
    "pywrap_tensorflow": {},
    "summary.plugin_asset": {},
    "training.checkpoint_ops": {},
    "training.saving.saveable_object_util": {},
    "util.all_util": {},
    "util.decorator_utils": {},
    "util.dispatch": {},
    "util.function_utils": {},
    "util.is_in_graph_mode": {},
    "util.keyword_args": {},
    "util.lazy_loader": {},
    "util.lock_util": {},
    "util.memory": {},
    "util.object_identity": {},
    "util.serialization": {},
    "util.tf_contextlib": {},
    "util.tf_decorator": {},
    "util.tf_export": {},
    "util.tf_inspect": {},
    "util.tf_should_use": {},
    "util.tf_stack": {},
    "eager.def_function": {},
    "framework.error_interpolation": {},
    "framework.function": {},
    "framework.meta_graph": {},
    "framework.op_def_library": {},
    "ops.cond_v2": {},
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
    if public == RAW:
        return raw_constructor(module, name)
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
    """What `name` is in a module that TensorFlow generates from its ops, `gen_math_ops.mat_mul`, or hands on.

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
