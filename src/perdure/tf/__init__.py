"""TensorFlow 1.15's names: `from perdure import tf`.

Each name is listed by the module that defines it and imported when it is first used.
"""

from perdure.tf._lazy import namespace

__version__ = "1.15.5"

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "formats.attr_values": "NameAttrList",
        "formats.graph_def": "AttrValue GraphDef NodeDef",
        "formats.tensors": "make_tensor_proto",
        "graph.composite": (
            "IndexedSlices SparseTensor SparseTensorValue convert_to_tensor_or_indexed_slices "
            "convert_to_tensor_or_sparse_tensor"
        ),
        "graph.constants": "constant",
        "graph.conversion": "convert_to_tensor register_tensor_conversion_function",
        "graph.defaults": (
            "add_to_collection add_to_collections colocate_with container control_dependencies "
            "device get_collection get_collection_ref init_scope name_scope op_scope"
        ),
        "graph.devices": "DeviceSpec",
        "graph.dtypes": (
            "DType QUANTIZED_DTYPES as_dtype bfloat16 bool complex128 complex64 double float16 "
            "float32 float64 half int16 int32 int64 int8 qint16 qint32 qint8 quint16 quint8 "
            "resource string uint16 uint32 uint64 uint8 variant"
        ),
        "graph.errors": "OpError",
        "graph.graph": "Graph",
        "graph.keys": "GraphKeys",
        "graph.operation": "Operation",
        "graph.tensor": "Tensor",
        "graph.tensor_shape": (
            "Dimension TensorShape dimension_at_index dimension_value disable_v2_tensorshape "
            "enable_v2_tensorshape"
        ),
        "platform.behavior": (
            "disable_eager_execution disable_tensor_equality disable_v2_behavior "
            "enable_eager_execution enable_tensor_equality enable_v2_behavior executing_eagerly"
        ),
        "platform.logging": "get_logger",
        "platform.version": (
            "COMPILER_VERSION GIT_VERSION GRAPH_DEF_VERSION GRAPH_DEF_VERSION_MIN_CONSUMER "
            "GRAPH_DEF_VERSION_MIN_PRODUCER VERSION"
        ),
    },
    submodules=(
        "app bitwise compat debugging dtypes errors flags graph_util initializers layers "
        "linalg logging losses manip math metrics nn random raw_ops train version"
    ),
)
