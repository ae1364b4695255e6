"""TensorFlow 1.15's names: `from perdure import tf`.

Each name is listed by the module that defines it and imported when it is first used.
"""

from perdure.tf._lazy import namespace

__version__ = "1.15.5"

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "formats.messages": (
            "AttrValue ConfigProto Event GPUOptions GraphDef GraphOptions HistogramProto LogMessage "
            "MetaGraphDef NameAttrList NodeDef OptimizerOptions RunMetadata RunOptions SessionLog "
            "Summary SummaryMetadata TensorInfo"
        ),
        "formats.graph.tensors": "make_tensor_proto",
        "functional.array.array": (
            "bitcast check_numerics ensure_shape expand_dims fill guarantee_const identity identity_n "
            "ones ones_like placeholder placeholder_with_default rank reshape shape shape_n size "
            "sparse_placeholder squeeze stop_gradient verify_tensor_all_finite zeros zeros_like"
        ),
        "functional.control.check_ops": (
            "assert_equal assert_greater assert_greater_equal assert_integer assert_less "
            "assert_less_equal assert_near assert_negative assert_non_negative assert_non_positive "
            "assert_none_equal assert_positive assert_proper_iterable assert_rank "
            "assert_rank_at_least assert_rank_in assert_same_float_dtype assert_scalar assert_type "
            "is_non_decreasing is_numeric_tensor is_strictly_increasing"
        ),
        "functional.math.clip": (
            "clip_by_average_norm clip_by_global_norm clip_by_norm clip_by_value global_norm"
        ),
        "functional.control.assertions": "Assert",
        "functional.control.control": "Print group no_op timestamp tuple",
        "functional.control.cases": "case switch_case",
        "functional.control.conditionals": "cond",
        "functional.control.loops": "while_loop",
        "functions.def_function": "function",
        "functional.control.version": (
            "control_flow_v2_enabled disable_control_flow_v2 enable_control_flow_v2"
        ),
        "functional.control.tensor_arrays": "TensorArray",
        "mapping.mapping": "map_fn",
        "mapping.folds": "foldl foldr scan",
        "functional.math.counting": "confusion_matrix histogram_fixed_width histogram_fixed_width_bins",
        "functional.sparse.edit_distance": "edit_distance unravel_index",
        "functional.sparse.combining": "sparse_add sparse_maximum sparse_minimum sparse_softmax",
        "functional.sparse.merging": "sparse_merge sparse_reorder sparse_transpose",
        "functional.sparse.reducing": (
            "sparse_reduce_max sparse_reduce_max_sparse sparse_reduce_sum sparse_reduce_sum_sparse"
        ),
        "functional.sparse.reshaping": (
            "sparse_fill_empty_rows sparse_reset_shape sparse_reshape sparse_retain"
        ),
        "functional.sparse.slicing": "sparse_concat sparse_slice sparse_split",
        "functional.sparse.sparse": (
            "sparse_tensor_dense_matmul sparse_tensor_to_dense sparse_to_dense sparse_to_indicator"
        ),
        "functional.parsing.csv": "decode_csv",
        "functional.parsing.examples": "decode_json_example parse_example parse_single_example",
        "functional.parsing.features": "FixedLenFeature FixedLenSequenceFeature SparseFeature VarLenFeature",
        "functional.parsing.raw": "decode_compressed decode_raw",
        "functional.parsing.sequences": "parse_single_sequence_example",
        "functional.parsing.tensors": "parse_tensor serialize_tensor",
        "functional.sparse.serializing": "deserialize_many_sparse serialize_many_sparse serialize_sparse",
        "functional.math.einsum": "einsum",
        "functional.files.files": "matching_files read_file write_file",
        "functional.array.gathering": (
            "batch_gather boolean_mask dynamic_partition dynamic_stitch gather gather_nd repeat "
            "scatter_nd sequence_mask sparse_mask tensor_scatter_add "
            "tensor_scatter_nd_add=tensor_scatter_add tensor_scatter_nd_sub=tensor_scatter_sub "
            "tensor_scatter_nd_update=tensor_scatter_update tensor_scatter_sub tensor_scatter_update "
            "where where_v2"
        ),
        "functional.array.searching": "one_hot searchsorted setdiff1d unique unique_with_counts",
        "functional.control.host_functions": "numpy_function py_func",
        "functional.random.initializers": (
            "constant_initializer=Constant glorot_normal_initializer=GlorotNormal "
            "glorot_uniform_initializer=GlorotUniform ones_initializer=Ones "
            "orthogonal_initializer=Orthogonal random_normal_initializer=RandomNormal "
            "random_uniform_initializer=RandomUniform truncated_normal_initializer=TruncatedNormal "
            "uniform_unit_scaling_initializer=UniformUnitScaling "
            "variance_scaling_initializer=VarianceScaling zeros_initializer=Zeros"
        ),
        "functional.array.joining": "concat meshgrid parallel_stack split stack unstack",
        "functional.linalg.linalg": (
            "cholesky cholesky_solve matrix_determinant matrix_inverse matrix_solve matrix_solve_ls "
            "matrix_triangular_solve qr self_adjoint_eig self_adjoint_eigvals svd"
        ),
        "functional.math.binary": (
            "add atan2 div div_no_nan divide equal floor_div floordiv floormod greater greater_equal "
            "less less_equal logical_and logical_or logical_xor maximum minimum mod multiply "
            "not_equal pow realdiv scalar_mul squared_difference subtract truediv truncatediv "
            "truncatemod"
        ),
        "functional.math.products": "accumulate_n add_n cross matmul sparse_matmul tensordot trace",
        "functional.math.special": "betainc igamma igammac lbeta polygamma zeta",
        "functional.math.complex": "angle complex conj imag real",
        "functional.math.cast": (
            "cast saturate_cast to_bfloat16 to_complex128 to_complex64 to_double to_float to_int32 to_int64"
        ),
        "functional.array.shape_arithmetic": (
            "broadcast_dynamic_shape broadcast_static_shape lin_space linspace range"
        ),
        "functional.math.unary": (
            "abs acos acosh asin asinh atan atanh ceil cos cosh digamma erf erfc exp expm1 floor "
            "is_finite is_inf is_nan lgamma log log1p log_sigmoid logical_not negative reciprocal "
            "rint round rsqrt sigmoid sign sin sinh sqrt square tan tanh"
        ),
        "functional.linalg.matrix": (
            "diag diag_part eye matrix_band_part matrix_diag matrix_diag_part matrix_set_diag"
        ),
        "functional.control.numerics": "add_check_numerics_ops",
        "functional.strings.encoding": "decode_base64 encode_base64",
        "functional.strings.hashing": (
            "fingerprint string_to_hash_bucket string_to_hash_bucket_fast string_to_hash_bucket_strong"
        ),
        "functional.strings.joining": "reduce_join string_join",
        "functional.strings.numerals": "as_string string_to_number",
        "functional.strings.pieces": "string_split string_strip substr",
        "functional.strings.regex": "regex_replace",
        "functional.strings.printing": "print=print_v2",
        "functional.random.random": (
            "get_seed multinomial random_crop random_gamma random_normal random_poisson "
            "random_shuffle random_uniform set_random_seed truncated_normal"
        ),
        "functional.array.rearranging": (
            "broadcast_to invert_permutation matrix_transpose reverse reverse_sequence reverse_v2 "
            "roll tile transpose"
        ),
        "functional.array.space_to_batch": (
            "batch_to_space batch_to_space_nd depth_to_space extract_image_patches "
            "required_space_to_batch_paddings space_to_batch space_to_batch_nd space_to_depth"
        ),
        "functional.array.padding": "pad",
        "functional.math.reductions": (
            "arg_max arg_min argmax argmin count_nonzero norm reduce_all reduce_any reduce_logsumexp "
            "reduce_max reduce_mean reduce_min reduce_prod reduce_sum"
        ),
        "functional.math.scans": "cumprod cumsum",
        "functional.signal.fourier": "fft fft2d fft3d ifft ifft2d ifft3d",
        "functional.state.resources": "initialize_all_tables tables_initializer",
        "functional.state.scatter": (
            "batch_scatter_update scatter_add scatter_div scatter_max scatter_min scatter_mul "
            "scatter_nd_add scatter_nd_sub scatter_nd_update scatter_sub scatter_update"
        ),
        "functional.math.segments": (
            "bincount segment_max segment_mean segment_min segment_prod segment_sum "
            "sparse_segment_mean sparse_segment_sqrt_n sparse_segment_sum unsorted_segment_max "
            "unsorted_segment_mean unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n "
            "unsorted_segment_sum"
        ),
        "functional.array.sorting": "argsort sort",
        "functional.array.slicing": "newaxis slice strided_slice",
        "functional.state.state": "assign assign_add assign_sub count_up_to",
        "functional.array.values": "is_tensor make_ndarray",
        "gradients": (
            "AggregationMethod NoGradient NotDifferentiable RegisterGradient UnconnectedGradients "
            "custom_gradient grad_pass_through gradients hessians no_gradient recompute_grad"
        ),
        "gradients.tape": "GradientTape",
        "graph.composite": (
            "IndexedSlices SparseTensor SparseTensorValue convert_to_tensor_or_indexed_slices "
            "convert_to_tensor_or_sparse_tensor"
        ),
        "graph.composite_specs": "IndexedSlicesSpec SparseTensorSpec",
        "graph.constants": "constant get_static_value=constant_value",
        "graph.conversion": "convert_to_tensor register_tensor_conversion_function",
        "graph.defaults": (
            "add_to_collection add_to_collections colocate_with container control_dependencies device "
            "get_collection get_collection_ref init_scope name_scope op_scope"
        ),
        "graph.devices": "DeviceSpec",
        "graph.dtypes": (
            "DType QUANTIZED_DTYPES as_dtype bfloat16 bool complex128 complex64 double float16 "
            "float32 float64 half int16 int32 int64 int8 qint16 qint32 qint8 quint16 quint8 resource "
            "string uint16 uint32 uint64 uint8 variant"
        ),
        "graph.errors": "OpError",
        "graph.graph": "Graph",
        "graph.keys": "GraphKeys",
        "graph.operation": "Operation",
        "graph.stacks": "get_default_graph get_default_session reset_default_graph",
        "graph.tensor": "Tensor",
        "graph.tensor_shape": (
            "Dimension TensorShape dimension_at_index dimension_value disable_v2_tensorshape "
            "enable_v2_tensorshape"
        ),
        "data.optional": "OptionalSpec",
        "graph.type_spec": "TensorSpec TypeSpec",
        "variables.behavior": (
            "disable_eager_execution disable_tensor_equality disable_v2_behavior "
            "enable_eager_execution enable_tensor_equality enable_v2_behavior executing_eagerly"
        ),
        "interchange.importer": "import_graph_def",
        "platform.logging": "get_logger",
        "platform.version": (
            "COMPILER_VERSION GIT_VERSION GRAPH_DEF_VERSION GRAPH_DEF_VERSION_MIN_CONSUMER "
            "GRAPH_DEF_VERSION_MIN_PRODUCER VERSION"
        ),
        "queues.accumulators": (
            "ConditionalAccumulator ConditionalAccumulatorBase SparseConditionalAccumulator"
        ),
        "queues.queues": "FIFOQueue PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
        "queues.readers": (
            "FixedLengthRecordReader IdentityReader LMDBReader ReaderBase TFRecordReader TextLineReader "
            "WholeFileReader"
        ),
        "session": "InteractiveSession Session",
        "session.handles": "delete_session_tensor get_session_handle get_session_tensor",
        "variables.base": "Variable VariableAggregation VariableSynchronization",
        "variables.collections": (
            "all_variables assert_variables_initialized global_variables global_variables_initializer "
            "initialize_all_variables initialize_local_variables initialize_variables "
            "is_variable_initialized local_variables local_variables_initializer model_variables "
            "moving_average_variables report_uninitialized_variables trainable_variables "
            "variables_initializer"
        ),
        "variables.creation": "variable_creator_scope",
        "variables.module": "Module",
        "variables.partitioners": (
            "create_partitioned_variables fixed_size_partitioner min_max_variable_partitioner "
            "variable_axis_size_partitioner"
        ),
        "variables.scope": "AUTO_REUSE VariableScope get_variable_scope",
        "variables.template": "make_template",
        "variables.variable_scope": (
            "get_local_variable get_variable no_regularizer variable_op_scope variable_scope"
        ),
        "variables.variable_store": (
            "disable_resource_variables enable_resource_variables resource_variables_enabled"
        ),
    },
    submodules=(
        "app autograph bitwise compat config contrib data debugging distribute distributions dtypes "
        "errors estimator feature_column flags gfile graph_util image initializers io keras layers "
        "linalg logging lookup losses manip math metrics nest nn python_io queue random raw_ops "
        "saved_model sets signal sparse spectral strings summary test tpu train version xla"
    ),
)
