"""Which class each of TensorFlow's public message names is.

`messages.ConfigProto` is an attribute of this module, loaded with its proto module when first read.
"""

from importlib import import_module
from typing import Any

# Proto module -> the messages that TensorFlow 1 programs reach by name (tf.X, tf.train.X,
# tf.summary.X, tf.profiler.X, or an import from tensorflow.core).
MODULES: dict[str, tuple[str, ...]] = {
    "attr_value": ("AttrValue", "NameAttrList"),
    "checkpoint_state": ("CheckpointState",),
    "cluster": ("ClusterDef", "JobDef"),
    "config": (
        "CallableOptions",
        "ConfigProto",
        "GPUOptions",
        "GraphOptions",
        "OptimizerOptions",
        "RPCOptions",
        "RunMetadata",
        "RunOptions",
        "SessionMetadata",
        "TensorConnection",
        "ThreadPoolOptionProto",
    ),
    "control_flow": ("CondContextDef", "ControlFlowContextDef", "ValuesDef", "WhileContextDef"),
    "cost_graph": ("CostGraphDef",),
    "debug": ("DebugOptions", "DebugTensorWatch"),
    "device_attributes": ("DeviceAttributes",),
    "event": ("Event", "LogMessage", "SessionLog", "TaggedRunMetadata"),
    "example": ("Example", "SequenceExample"),
    "feature": (
        "BytesList",
        "Feature",
        "FeatureList",
        "FeatureLists",
        "Features",
        "FloatList",
        "Int64List",
    ),
    "function": ("FunctionDef", "FunctionDefLibrary", "GradientDef"),
    "graph": ("GraphDef",),
    "graph_debug_info": ("GraphDebugInfo",),
    "hparam": ("HParamDef",),
    "meta_graph": ("AssetFileDef", "CollectionDef", "MetaGraphDef", "SignatureDef", "TensorInfo"),
    "named_tensor": ("NamedTensorProto",),
    "node_def": ("NodeDef",),
    "op_def": ("OpDef", "OpDeprecation", "OpList"),
    "projector_config": ("EmbeddingInfo", "ProjectorConfig", "SpriteMetadata"),
    "queue_runner": ("QueueRunnerDef",),
    "resource_handle": ("ResourceHandleProto",),
    "rewriter_config": ("AutoParallelOptions", "RewriterConfig", "ScopedAllocatorOptions"),
    "saved_model": ("SavedModel",),
    "saved_object_graph": ("SavedObjectGraph",),
    "saved_tensor_slice": (
        "SavedSlice",
        "SavedSliceMeta",
        "SavedTensorSliceMeta",
        "SavedTensorSlices",
    ),
    "saver": ("SaverDef",),
    "step_stats": ("DeviceStepStats", "NodeExecStats", "StepStats"),
    "struct": ("StructuredValue",),
    "summary": ("HistogramProto", "Summary", "SummaryDescription", "SummaryMetadata"),
    "tensor": ("TensorProto", "VariantTensorDataProto"),
    "tensor_bundle": ("BundleEntryProto", "BundleHeaderProto"),
    "tensor_shape": ("TensorShapeProto",),
    "tensor_slice": ("TensorSliceProto",),
    "tensorflow_server": ("ServerDef",),
    "tfprof_log": ("OpLogEntry", "OpLogProto", "ProfileProto"),
    "tfprof_output": ("AdviceProto", "GraphNodeProto", "MultiGraphNodeProto"),
    "trackable_object_graph": ("TrackableObjectGraph",),
    "types": ("DataType",),  # an enum: DataType.Name(1) == "DT_FLOAT"
    "variable": ("SaveSliceInfoDef", "VariableDef"),
    "verifier_config": ("VerifierConfig",),
    "versions": ("VersionDef",),
}

# Where TensorFlow keeps the same proto modules: `tensorflow.core.framework.graph_pb2` and so on.
TENSORFLOW_MODULES: dict[str, tuple[str, ...]] = {
    "tensorflow.contrib.tensorboard.plugins.projector": ("projector_config",),
    "tensorflow.contrib.training.python.training": ("hparam",),
    "tensorflow.core.example": ("example", "feature"),
    "tensorflow.core.framework": (
        "allocation_description",
        "attr_value",
        "cost_graph",
        "device_attributes",
        "function",
        "graph",
        "node_def",
        "op_def",
        "resource_handle",
        "step_stats",
        "summary",
        "tensor",
        "tensor_description",
        "tensor_shape",
        "tensor_slice",
        "types",
        "variable",
        "versions",
    ),
    "tensorflow.core.lib.core": ("error_codes",),
    "tensorflow.core.profiler": ("tfprof_log", "tfprof_output"),
    "tensorflow.core.protobuf": (
        "cluster",
        "config",
        "control_flow",
        "debug",
        "graph_debug_info",
        "meta_graph",
        "named_tensor",
        "queue_runner",
        "rewriter_config",
        "saved_model",
        "saved_object_graph",
        "saver",
        "struct",
        "tensor_bundle",
        "tensorflow_server",
        "trackable_object_graph",
        "verifier_config",
    ),
    "tensorflow.core.util": ("event", "saved_tensor_slice"),
    "tensorflow.python.training": ("checkpoint_state",),
}

_MODULE_OF = {name: module for module, names in MODULES.items() for name in names}

__all__ = sorted(_MODULE_OF)


def module(name: str) -> Any:
    """The generated module of a proto file, for example `module("graph")`."""
    return import_module(f"perdure.formats.protos.{name}_pb2")


def fill_from(message: Any, data: bytes) -> bool:
    """Add to a message what serialized bytes say.

    Returns:
        Whether they are such a message; if not, some of it may have been added.
    """
    from google.protobuf.message import DecodeError

    try:
        message.MergeFromString(data)
    except DecodeError:
        return False
    return True


def from_json(message: Any, text: str | bytes) -> Any:
    """Fill a message from JSON; returns it.

    Raises:
        ParseError: it is no JSON, or not that of such a message.
    """
    from google.protobuf import json_format

    return json_format.Parse(text, message)


def as_dict(message: Any) -> dict[str, Any]:
    """A message as the dictionary of its JSON."""
    from google.protobuf import json_format

    return json_format.MessageToDict(message)


def __getattr__(name: str) -> Any:
    try:
        found = getattr(module(_MODULE_OF[name]), name)
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no message {name!r}") from None
    globals()[name] = found  # the next read does not come here
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
