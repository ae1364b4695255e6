# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf".

from typing import Any as _Any

from perdure.data.optional import OptionalSpec as OptionalSpec
from perdure.formats.graph.tensors import make_tensor_proto as make_tensor_proto
from perdure.formats.messages import AttrValue as AttrValue
from perdure.formats.messages import ConfigProto as ConfigProto
from perdure.formats.messages import Event as Event
from perdure.formats.messages import GPUOptions as GPUOptions
from perdure.formats.messages import GraphDef as GraphDef
from perdure.formats.messages import GraphOptions as GraphOptions
from perdure.formats.messages import HistogramProto as HistogramProto
from perdure.formats.messages import LogMessage as LogMessage
from perdure.formats.messages import MetaGraphDef as MetaGraphDef
from perdure.formats.messages import NameAttrList as NameAttrList
from perdure.formats.messages import NodeDef as NodeDef
from perdure.formats.messages import OptimizerOptions as OptimizerOptions
from perdure.formats.messages import RunMetadata as RunMetadata
from perdure.formats.messages import RunOptions as RunOptions
from perdure.formats.messages import SessionLog as SessionLog
from perdure.formats.messages import Summary as Summary
from perdure.formats.messages import SummaryMetadata as SummaryMetadata
from perdure.formats.messages import TensorInfo as TensorInfo
from perdure.functional.array.array import bitcast as bitcast
from perdure.functional.array.array import check_numerics as check_numerics
from perdure.functional.array.array import ensure_shape as ensure_shape
from perdure.functional.array.array import expand_dims as expand_dims
from perdure.functional.array.array import fill as fill
from perdure.functional.array.array import guarantee_const as guarantee_const
from perdure.functional.array.array import identity as identity
from perdure.functional.array.array import identity_n as identity_n
from perdure.functional.array.array import ones as ones
from perdure.functional.array.array import ones_like as ones_like
from perdure.functional.array.array import placeholder as placeholder
from perdure.functional.array.array import placeholder_with_default as placeholder_with_default
from perdure.functional.array.array import rank as rank
from perdure.functional.array.array import reshape as reshape
from perdure.functional.array.array import shape as shape
from perdure.functional.array.array import shape_n as shape_n
from perdure.functional.array.array import size as size
from perdure.functional.array.array import sparse_placeholder as sparse_placeholder
from perdure.functional.array.array import squeeze as squeeze
from perdure.functional.array.array import stop_gradient as stop_gradient
from perdure.functional.array.array import verify_tensor_all_finite as verify_tensor_all_finite
from perdure.functional.array.array import zeros as zeros
from perdure.functional.array.array import zeros_like as zeros_like
from perdure.functional.array.gathering import batch_gather as batch_gather
from perdure.functional.array.gathering import boolean_mask as boolean_mask
from perdure.functional.array.gathering import dynamic_partition as dynamic_partition
from perdure.functional.array.gathering import dynamic_stitch as dynamic_stitch
from perdure.functional.array.gathering import gather as gather
from perdure.functional.array.gathering import gather_nd as gather_nd
from perdure.functional.array.gathering import repeat as repeat
from perdure.functional.array.gathering import scatter_nd as scatter_nd
from perdure.functional.array.gathering import sequence_mask as sequence_mask
from perdure.functional.array.gathering import sparse_mask as sparse_mask
from perdure.functional.array.gathering import tensor_scatter_add as tensor_scatter_add
from perdure.functional.array.gathering import tensor_scatter_sub as tensor_scatter_sub
from perdure.functional.array.gathering import tensor_scatter_update as tensor_scatter_update
from perdure.functional.array.gathering import where as where
from perdure.functional.array.gathering import where_v2 as where_v2
from perdure.functional.array.joining import concat as concat
from perdure.functional.array.joining import meshgrid as meshgrid
from perdure.functional.array.joining import parallel_stack as parallel_stack
from perdure.functional.array.joining import split as split
from perdure.functional.array.joining import stack as stack
from perdure.functional.array.joining import unstack as unstack
from perdure.functional.array.padding import pad as pad
from perdure.functional.array.rearranging import broadcast_to as broadcast_to
from perdure.functional.array.rearranging import invert_permutation as invert_permutation
from perdure.functional.array.rearranging import matrix_transpose as matrix_transpose
from perdure.functional.array.rearranging import reverse as reverse
from perdure.functional.array.rearranging import reverse_sequence as reverse_sequence
from perdure.functional.array.rearranging import reverse_v2 as reverse_v2
from perdure.functional.array.rearranging import roll as roll
from perdure.functional.array.rearranging import tile as tile
from perdure.functional.array.rearranging import transpose as transpose
from perdure.functional.array.searching import one_hot as one_hot
from perdure.functional.array.searching import searchsorted as searchsorted
from perdure.functional.array.searching import setdiff1d as setdiff1d
from perdure.functional.array.searching import unique as unique
from perdure.functional.array.searching import unique_with_counts as unique_with_counts
from perdure.functional.array.shape_arithmetic import broadcast_dynamic_shape as broadcast_dynamic_shape
from perdure.functional.array.shape_arithmetic import broadcast_static_shape as broadcast_static_shape
from perdure.functional.array.shape_arithmetic import range as range
from perdure.functional.array.slicing import newaxis as newaxis
from perdure.functional.array.slicing import slice as slice
from perdure.functional.array.slicing import strided_slice as strided_slice
from perdure.functional.array.sorting import argsort as argsort
from perdure.functional.array.sorting import sort as sort
from perdure.functional.array.space_to_batch import batch_to_space as batch_to_space
from perdure.functional.array.space_to_batch import batch_to_space_nd as batch_to_space_nd
from perdure.functional.array.space_to_batch import depth_to_space as depth_to_space
from perdure.functional.array.space_to_batch import extract_image_patches as extract_image_patches
from perdure.functional.array.space_to_batch import required_space_to_batch_paddings as required_space_to_batch_paddings
from perdure.functional.array.space_to_batch import space_to_batch as space_to_batch
from perdure.functional.array.space_to_batch import space_to_batch_nd as space_to_batch_nd
from perdure.functional.array.space_to_batch import space_to_depth as space_to_depth
from perdure.functional.array.values import is_tensor as is_tensor
from perdure.functional.array.values import make_ndarray as make_ndarray
from perdure.functional.control.assertions import Assert as Assert
from perdure.functional.control.cases import case as case
from perdure.functional.control.cases import switch_case as switch_case
from perdure.functional.control.check_ops import assert_equal as assert_equal
from perdure.functional.control.check_ops import assert_greater as assert_greater
from perdure.functional.control.check_ops import assert_greater_equal as assert_greater_equal
from perdure.functional.control.check_ops import assert_integer as assert_integer
from perdure.functional.control.check_ops import assert_less as assert_less
from perdure.functional.control.check_ops import assert_less_equal as assert_less_equal
from perdure.functional.control.check_ops import assert_near as assert_near
from perdure.functional.control.check_ops import assert_negative as assert_negative
from perdure.functional.control.check_ops import assert_non_negative as assert_non_negative
from perdure.functional.control.check_ops import assert_non_positive as assert_non_positive
from perdure.functional.control.check_ops import assert_none_equal as assert_none_equal
from perdure.functional.control.check_ops import assert_positive as assert_positive
from perdure.functional.control.check_ops import assert_proper_iterable as assert_proper_iterable
from perdure.functional.control.check_ops import assert_rank as assert_rank
from perdure.functional.control.check_ops import assert_rank_at_least as assert_rank_at_least
from perdure.functional.control.check_ops import assert_rank_in as assert_rank_in
from perdure.functional.control.check_ops import assert_same_float_dtype as assert_same_float_dtype
from perdure.functional.control.check_ops import assert_scalar as assert_scalar
from perdure.functional.control.check_ops import assert_type as assert_type
from perdure.functional.control.check_ops import is_non_decreasing as is_non_decreasing
from perdure.functional.control.check_ops import is_numeric_tensor as is_numeric_tensor
from perdure.functional.control.check_ops import is_strictly_increasing as is_strictly_increasing
from perdure.functional.control.conditionals import cond as cond
from perdure.functional.control.control import Print as Print
from perdure.functional.control.control import group as group
from perdure.functional.control.control import no_op as no_op
from perdure.functional.control.control import timestamp as timestamp
from perdure.functional.control.control import tuple as tuple
from perdure.functional.control.host_functions import numpy_function as numpy_function
from perdure.functional.control.host_functions import py_func as py_func
from perdure.functional.control.loops import while_loop as while_loop
from perdure.functional.control.numerics import add_check_numerics_ops as add_check_numerics_ops
from perdure.functional.control.tensor_arrays import TensorArray as TensorArray
from perdure.functional.control.version import control_flow_v2_enabled as control_flow_v2_enabled
from perdure.functional.control.version import disable_control_flow_v2 as disable_control_flow_v2
from perdure.functional.control.version import enable_control_flow_v2 as enable_control_flow_v2
from perdure.functional.files.files import matching_files as matching_files
from perdure.functional.files.files import read_file as read_file
from perdure.functional.files.files import write_file as write_file
from perdure.functional.linalg.linalg import cholesky_solve as cholesky_solve
from perdure.functional.linalg.linalg import matrix_inverse as matrix_inverse
from perdure.functional.linalg.linalg import matrix_solve as matrix_solve
from perdure.functional.linalg.linalg import matrix_solve_ls as matrix_solve_ls
from perdure.functional.linalg.linalg import matrix_triangular_solve as matrix_triangular_solve
from perdure.functional.linalg.linalg import qr as qr
from perdure.functional.linalg.linalg import self_adjoint_eig as self_adjoint_eig
from perdure.functional.linalg.linalg import self_adjoint_eigvals as self_adjoint_eigvals
from perdure.functional.linalg.linalg import svd as svd
from perdure.functional.linalg.matrix import diag as diag
from perdure.functional.linalg.matrix import diag_part as diag_part
from perdure.functional.linalg.matrix import eye as eye
from perdure.functional.linalg.matrix import matrix_band_part as matrix_band_part
from perdure.functional.linalg.matrix import matrix_diag as matrix_diag
from perdure.functional.linalg.matrix import matrix_diag_part as matrix_diag_part
from perdure.functional.linalg.matrix import matrix_set_diag as matrix_set_diag
from perdure.functional.math.binary import div as div
from perdure.functional.math.binary import div_no_nan as div_no_nan
from perdure.functional.math.binary import divide as divide
from perdure.functional.math.binary import floordiv as floordiv
from perdure.functional.math.binary import logical_xor as logical_xor
from perdure.functional.math.binary import pow as pow
from perdure.functional.math.binary import scalar_mul as scalar_mul
from perdure.functional.math.binary import truediv as truediv
from perdure.functional.math.cast import cast as cast
from perdure.functional.math.cast import saturate_cast as saturate_cast
from perdure.functional.math.cast import to_bfloat16 as to_bfloat16
from perdure.functional.math.cast import to_complex128 as to_complex128
from perdure.functional.math.cast import to_complex64 as to_complex64
from perdure.functional.math.cast import to_double as to_double
from perdure.functional.math.cast import to_float as to_float
from perdure.functional.math.cast import to_int32 as to_int32
from perdure.functional.math.cast import to_int64 as to_int64
from perdure.functional.math.clip import clip_by_average_norm as clip_by_average_norm
from perdure.functional.math.clip import clip_by_global_norm as clip_by_global_norm
from perdure.functional.math.clip import clip_by_norm as clip_by_norm
from perdure.functional.math.clip import clip_by_value as clip_by_value
from perdure.functional.math.clip import global_norm as global_norm
from perdure.functional.math.complex import angle as angle
from perdure.functional.math.complex import complex as complex
from perdure.functional.math.complex import conj as conj
from perdure.functional.math.complex import imag as imag
from perdure.functional.math.complex import real as real
from perdure.functional.math.counting import confusion_matrix as confusion_matrix
from perdure.functional.math.counting import histogram_fixed_width as histogram_fixed_width
from perdure.functional.math.counting import histogram_fixed_width_bins as histogram_fixed_width_bins
from perdure.functional.math.einsum import einsum as einsum
from perdure.functional.math.products import accumulate_n as accumulate_n
from perdure.functional.math.products import add_n as add_n
from perdure.functional.math.products import matmul as matmul
from perdure.functional.math.products import sparse_matmul as sparse_matmul
from perdure.functional.math.products import tensordot as tensordot
from perdure.functional.math.products import trace as trace
from perdure.functional.math.reductions import arg_max as arg_max
from perdure.functional.math.reductions import arg_min as arg_min
from perdure.functional.math.reductions import argmax as argmax
from perdure.functional.math.reductions import argmin as argmin
from perdure.functional.math.reductions import count_nonzero as count_nonzero
from perdure.functional.math.reductions import norm as norm
from perdure.functional.math.reductions import reduce_logsumexp as reduce_logsumexp
from perdure.functional.math.scans import cumprod as cumprod
from perdure.functional.math.scans import cumsum as cumsum
from perdure.functional.math.segments import bincount as bincount
from perdure.functional.math.segments import sparse_segment_mean as sparse_segment_mean
from perdure.functional.math.segments import sparse_segment_sqrt_n as sparse_segment_sqrt_n
from perdure.functional.math.segments import sparse_segment_sum as sparse_segment_sum
from perdure.functional.math.segments import unsorted_segment_mean as unsorted_segment_mean
from perdure.functional.math.segments import unsorted_segment_sqrt_n as unsorted_segment_sqrt_n
from perdure.functional.math.special import lbeta as lbeta
from perdure.functional.math.unary import abs as abs
from perdure.functional.math.unary import log_sigmoid as log_sigmoid
from perdure.functional.math.unary import round as round
from perdure.functional.math.unary import sigmoid as sigmoid
from perdure.functional.parsing.csv import decode_csv as decode_csv
from perdure.functional.parsing.examples import decode_json_example as decode_json_example
from perdure.functional.parsing.examples import parse_example as parse_example
from perdure.functional.parsing.examples import parse_single_example as parse_single_example
from perdure.functional.parsing.features import FixedLenFeature as FixedLenFeature
from perdure.functional.parsing.features import FixedLenSequenceFeature as FixedLenSequenceFeature
from perdure.functional.parsing.features import SparseFeature as SparseFeature
from perdure.functional.parsing.features import VarLenFeature as VarLenFeature
from perdure.functional.parsing.raw import decode_compressed as decode_compressed
from perdure.functional.parsing.raw import decode_raw as decode_raw
from perdure.functional.parsing.sequences import parse_single_sequence_example as parse_single_sequence_example
from perdure.functional.parsing.tensors import parse_tensor as parse_tensor
from perdure.functional.parsing.tensors import serialize_tensor as serialize_tensor
from perdure.functional.random.random import get_seed as get_seed
from perdure.functional.random.random import multinomial as multinomial
from perdure.functional.random.random import random_crop as random_crop
from perdure.functional.random.random import random_gamma as random_gamma
from perdure.functional.random.random import random_normal as random_normal
from perdure.functional.random.random import random_poisson as random_poisson
from perdure.functional.random.random import random_shuffle as random_shuffle
from perdure.functional.random.random import random_uniform as random_uniform
from perdure.functional.random.random import set_random_seed as set_random_seed
from perdure.functional.random.random import truncated_normal as truncated_normal
from perdure.functional.signal.fourier import fft as fft
from perdure.functional.signal.fourier import fft2d as fft2d
from perdure.functional.signal.fourier import fft3d as fft3d
from perdure.functional.signal.fourier import ifft as ifft
from perdure.functional.signal.fourier import ifft2d as ifft2d
from perdure.functional.signal.fourier import ifft3d as ifft3d
from perdure.functional.sparse.combining import sparse_add as sparse_add
from perdure.functional.sparse.combining import sparse_maximum as sparse_maximum
from perdure.functional.sparse.combining import sparse_minimum as sparse_minimum
from perdure.functional.sparse.combining import sparse_softmax as sparse_softmax
from perdure.functional.sparse.edit_distance import edit_distance as edit_distance
from perdure.functional.sparse.edit_distance import unravel_index as unravel_index
from perdure.functional.sparse.merging import sparse_merge as sparse_merge
from perdure.functional.sparse.merging import sparse_reorder as sparse_reorder
from perdure.functional.sparse.merging import sparse_transpose as sparse_transpose
from perdure.functional.sparse.reducing import sparse_reduce_max as sparse_reduce_max
from perdure.functional.sparse.reducing import sparse_reduce_max_sparse as sparse_reduce_max_sparse
from perdure.functional.sparse.reducing import sparse_reduce_sum as sparse_reduce_sum
from perdure.functional.sparse.reducing import sparse_reduce_sum_sparse as sparse_reduce_sum_sparse
from perdure.functional.sparse.reshaping import sparse_fill_empty_rows as sparse_fill_empty_rows
from perdure.functional.sparse.reshaping import sparse_reset_shape as sparse_reset_shape
from perdure.functional.sparse.reshaping import sparse_reshape as sparse_reshape
from perdure.functional.sparse.reshaping import sparse_retain as sparse_retain
from perdure.functional.sparse.serializing import deserialize_many_sparse as deserialize_many_sparse
from perdure.functional.sparse.serializing import serialize_many_sparse as serialize_many_sparse
from perdure.functional.sparse.serializing import serialize_sparse as serialize_sparse
from perdure.functional.sparse.slicing import sparse_concat as sparse_concat
from perdure.functional.sparse.slicing import sparse_slice as sparse_slice
from perdure.functional.sparse.slicing import sparse_split as sparse_split
from perdure.functional.sparse.sparse import sparse_tensor_dense_matmul as sparse_tensor_dense_matmul
from perdure.functional.sparse.sparse import sparse_tensor_to_dense as sparse_tensor_to_dense
from perdure.functional.sparse.sparse import sparse_to_dense as sparse_to_dense
from perdure.functional.sparse.sparse import sparse_to_indicator as sparse_to_indicator
from perdure.functional.state.resources import initialize_all_tables as initialize_all_tables
from perdure.functional.state.resources import tables_initializer as tables_initializer
from perdure.functional.state.scatter import batch_scatter_update as batch_scatter_update
from perdure.functional.state.scatter import scatter_add as scatter_add
from perdure.functional.state.scatter import scatter_div as scatter_div
from perdure.functional.state.scatter import scatter_max as scatter_max
from perdure.functional.state.scatter import scatter_min as scatter_min
from perdure.functional.state.scatter import scatter_mul as scatter_mul
from perdure.functional.state.scatter import scatter_nd_add as scatter_nd_add
from perdure.functional.state.scatter import scatter_nd_sub as scatter_nd_sub
from perdure.functional.state.scatter import scatter_nd_update as scatter_nd_update
from perdure.functional.state.scatter import scatter_sub as scatter_sub
from perdure.functional.state.scatter import scatter_update as scatter_update
from perdure.functional.state.state import assign as assign
from perdure.functional.state.state import assign_add as assign_add
from perdure.functional.state.state import assign_sub as assign_sub
from perdure.functional.state.state import count_up_to as count_up_to
from perdure.functional.strings.encoding import decode_base64 as decode_base64
from perdure.functional.strings.encoding import encode_base64 as encode_base64
from perdure.functional.strings.hashing import fingerprint as fingerprint
from perdure.functional.strings.hashing import string_to_hash_bucket as string_to_hash_bucket
from perdure.functional.strings.hashing import string_to_hash_bucket_fast as string_to_hash_bucket_fast
from perdure.functional.strings.hashing import string_to_hash_bucket_strong as string_to_hash_bucket_strong
from perdure.functional.strings.joining import reduce_join as reduce_join
from perdure.functional.strings.joining import string_join as string_join
from perdure.functional.strings.numerals import as_string as as_string
from perdure.functional.strings.numerals import string_to_number as string_to_number
from perdure.functional.strings.pieces import string_split as string_split
from perdure.functional.strings.pieces import string_strip as string_strip
from perdure.functional.strings.pieces import substr as substr
from perdure.functional.strings.regex import regex_replace as regex_replace
from perdure.functions.def_function import function as function
from perdure.gradients import AggregationMethod as AggregationMethod
from perdure.gradients import NoGradient as NoGradient
from perdure.gradients import NotDifferentiable as NotDifferentiable
from perdure.gradients import RegisterGradient as RegisterGradient
from perdure.gradients import UnconnectedGradients as UnconnectedGradients
from perdure.gradients import custom_gradient as custom_gradient
from perdure.gradients import grad_pass_through as grad_pass_through
from perdure.gradients import gradients as gradients
from perdure.gradients import hessians as hessians
from perdure.gradients import no_gradient as no_gradient
from perdure.gradients import recompute_grad as recompute_grad
from perdure.gradients.tape import GradientTape as GradientTape
from perdure.graph.composite import IndexedSlices as IndexedSlices
from perdure.graph.composite import SparseTensor as SparseTensor
from perdure.graph.composite import SparseTensorValue as SparseTensorValue
from perdure.graph.composite import convert_to_tensor_or_indexed_slices as convert_to_tensor_or_indexed_slices
from perdure.graph.composite import convert_to_tensor_or_sparse_tensor as convert_to_tensor_or_sparse_tensor
from perdure.graph.composite_specs import IndexedSlicesSpec as IndexedSlicesSpec
from perdure.graph.composite_specs import SparseTensorSpec as SparseTensorSpec
from perdure.graph.constants import constant as constant
from perdure.graph.conversion import convert_to_tensor as convert_to_tensor
from perdure.graph.conversion import register_tensor_conversion_function as register_tensor_conversion_function
from perdure.graph.defaults import add_to_collection as add_to_collection
from perdure.graph.defaults import add_to_collections as add_to_collections
from perdure.graph.defaults import colocate_with as colocate_with
from perdure.graph.defaults import container as container
from perdure.graph.defaults import control_dependencies as control_dependencies
from perdure.graph.defaults import device as device
from perdure.graph.defaults import get_collection as get_collection
from perdure.graph.defaults import get_collection_ref as get_collection_ref
from perdure.graph.defaults import init_scope as init_scope
from perdure.graph.defaults import name_scope as name_scope
from perdure.graph.defaults import op_scope as op_scope
from perdure.graph.devices import DeviceSpec as DeviceSpec
from perdure.graph.dtypes import DType as DType
from perdure.graph.dtypes import QUANTIZED_DTYPES as QUANTIZED_DTYPES
from perdure.graph.dtypes import as_dtype as as_dtype
from perdure.graph.dtypes import bfloat16 as bfloat16
from perdure.graph.dtypes import bool as bool
from perdure.graph.dtypes import complex128 as complex128
from perdure.graph.dtypes import complex64 as complex64
from perdure.graph.dtypes import double as double
from perdure.graph.dtypes import float16 as float16
from perdure.graph.dtypes import float32 as float32
from perdure.graph.dtypes import float64 as float64
from perdure.graph.dtypes import half as half
from perdure.graph.dtypes import int16 as int16
from perdure.graph.dtypes import int32 as int32
from perdure.graph.dtypes import int64 as int64
from perdure.graph.dtypes import int8 as int8
from perdure.graph.dtypes import qint16 as qint16
from perdure.graph.dtypes import qint32 as qint32
from perdure.graph.dtypes import qint8 as qint8
from perdure.graph.dtypes import quint16 as quint16
from perdure.graph.dtypes import quint8 as quint8
from perdure.graph.dtypes import resource as resource
from perdure.graph.dtypes import string as string
from perdure.graph.dtypes import uint16 as uint16
from perdure.graph.dtypes import uint32 as uint32
from perdure.graph.dtypes import uint64 as uint64
from perdure.graph.dtypes import uint8 as uint8
from perdure.graph.dtypes import variant as variant
from perdure.graph.errors import OpError as OpError
from perdure.graph.graph import Graph as Graph
from perdure.graph.keys import GraphKeys as GraphKeys
from perdure.graph.operation import Operation as Operation
from perdure.graph.stacks import get_default_graph as get_default_graph
from perdure.graph.stacks import get_default_session as get_default_session
from perdure.graph.stacks import reset_default_graph as reset_default_graph
from perdure.graph.tensor import Tensor as Tensor
from perdure.graph.tensor_shape import Dimension as Dimension
from perdure.graph.tensor_shape import TensorShape as TensorShape
from perdure.graph.tensor_shape import dimension_at_index as dimension_at_index
from perdure.graph.tensor_shape import dimension_value as dimension_value
from perdure.graph.tensor_shape import disable_v2_tensorshape as disable_v2_tensorshape
from perdure.graph.tensor_shape import enable_v2_tensorshape as enable_v2_tensorshape
from perdure.graph.type_spec import TensorSpec as TensorSpec
from perdure.graph.type_spec import TypeSpec as TypeSpec
from perdure.interchange.importer import import_graph_def as import_graph_def
from perdure.mapping.folds import foldl as foldl
from perdure.mapping.folds import foldr as foldr
from perdure.mapping.folds import scan as scan
from perdure.mapping.mapping import map_fn as map_fn
from perdure.platform.logging import get_logger as get_logger
from perdure.platform.version import COMPILER_VERSION as COMPILER_VERSION
from perdure.platform.version import GIT_VERSION as GIT_VERSION
from perdure.platform.version import GRAPH_DEF_VERSION as GRAPH_DEF_VERSION
from perdure.platform.version import GRAPH_DEF_VERSION_MIN_CONSUMER as GRAPH_DEF_VERSION_MIN_CONSUMER
from perdure.platform.version import GRAPH_DEF_VERSION_MIN_PRODUCER as GRAPH_DEF_VERSION_MIN_PRODUCER
from perdure.platform.version import VERSION as VERSION
from perdure.queues.accumulators import ConditionalAccumulator as ConditionalAccumulator
from perdure.queues.accumulators import ConditionalAccumulatorBase as ConditionalAccumulatorBase
from perdure.queues.accumulators import SparseConditionalAccumulator as SparseConditionalAccumulator
from perdure.queues.queues import FIFOQueue as FIFOQueue
from perdure.queues.queues import PaddingFIFOQueue as PaddingFIFOQueue
from perdure.queues.queues import PriorityQueue as PriorityQueue
from perdure.queues.queues import QueueBase as QueueBase
from perdure.queues.queues import RandomShuffleQueue as RandomShuffleQueue
from perdure.queues.readers import FixedLengthRecordReader as FixedLengthRecordReader
from perdure.queues.readers import IdentityReader as IdentityReader
from perdure.queues.readers import LMDBReader as LMDBReader
from perdure.queues.readers import ReaderBase as ReaderBase
from perdure.queues.readers import TFRecordReader as TFRecordReader
from perdure.queues.readers import TextLineReader as TextLineReader
from perdure.queues.readers import WholeFileReader as WholeFileReader
from perdure.session import InteractiveSession as InteractiveSession
from perdure.session import Session as Session
from perdure.session.handles import delete_session_tensor as delete_session_tensor
from perdure.session.handles import get_session_handle as get_session_handle
from perdure.session.handles import get_session_tensor as get_session_tensor
from perdure.tf import app as app
from perdure.tf import autograph as autograph
from perdure.tf import bitwise as bitwise
from perdure.tf import compat as compat
from perdure.tf import config as config
from perdure.tf import contrib as contrib
from perdure.tf import data as data
from perdure.tf import debugging as debugging
from perdure.tf import distribute as distribute
from perdure.tf import distributions as distributions
from perdure.tf import dtypes as dtypes
from perdure.tf import errors as errors
from perdure.tf import estimator as estimator
from perdure.tf import feature_column as feature_column
from perdure.tf import flags as flags
from perdure.tf import gfile as gfile
from perdure.tf import graph_util as graph_util
from perdure.tf import image as image
from perdure.tf import initializers as initializers
from perdure.tf import io as io
from perdure.tf import keras as keras
from perdure.tf import layers as layers
from perdure.tf import linalg as linalg
from perdure.tf import logging as logging
from perdure.tf import lookup as lookup
from perdure.tf import losses as losses
from perdure.tf import manip as manip
from perdure.tf import math as math
from perdure.tf import metrics as metrics
from perdure.tf import nest as nest
from perdure.tf import nn as nn
from perdure.tf import python_io as python_io
from perdure.tf import queue as queue
from perdure.tf import random as random
from perdure.tf import raw_ops as raw_ops
from perdure.tf import saved_model as saved_model
from perdure.tf import sets as sets
from perdure.tf import signal as signal
from perdure.tf import sparse as sparse
from perdure.tf import spectral as spectral
from perdure.tf import strings as strings
from perdure.tf import summary as summary
from perdure.tf import test as test
from perdure.tf import tpu as tpu
from perdure.tf import train as train
from perdure.tf import version as version
from perdure.tf import xla as xla
from perdure.variables.base import Variable as Variable
from perdure.variables.base import VariableAggregation as VariableAggregation
from perdure.variables.base import VariableSynchronization as VariableSynchronization
from perdure.variables.behavior import disable_v2_behavior as disable_v2_behavior
from perdure.variables.behavior import enable_eager_execution as enable_eager_execution
from perdure.variables.behavior import executing_eagerly as executing_eagerly
from perdure.variables.collections import all_variables as all_variables
from perdure.variables.collections import assert_variables_initialized as assert_variables_initialized
from perdure.variables.collections import global_variables as global_variables
from perdure.variables.collections import global_variables_initializer as global_variables_initializer
from perdure.variables.collections import initialize_all_variables as initialize_all_variables
from perdure.variables.collections import initialize_local_variables as initialize_local_variables
from perdure.variables.collections import initialize_variables as initialize_variables
from perdure.variables.collections import is_variable_initialized as is_variable_initialized
from perdure.variables.collections import local_variables as local_variables
from perdure.variables.collections import local_variables_initializer as local_variables_initializer
from perdure.variables.collections import model_variables as model_variables
from perdure.variables.collections import moving_average_variables as moving_average_variables
from perdure.variables.collections import report_uninitialized_variables as report_uninitialized_variables
from perdure.variables.collections import trainable_variables as trainable_variables
from perdure.variables.collections import variables_initializer as variables_initializer
from perdure.variables.creation import variable_creator_scope as variable_creator_scope
from perdure.variables.module import Module as Module
from perdure.variables.partitioners import create_partitioned_variables as create_partitioned_variables
from perdure.variables.partitioners import fixed_size_partitioner as fixed_size_partitioner
from perdure.variables.partitioners import min_max_variable_partitioner as min_max_variable_partitioner
from perdure.variables.partitioners import variable_axis_size_partitioner as variable_axis_size_partitioner
from perdure.variables.scope import AUTO_REUSE as AUTO_REUSE
from perdure.variables.scope import VariableScope as VariableScope
from perdure.variables.scope import get_variable_scope as get_variable_scope
from perdure.variables.template import make_template as make_template
from perdure.variables.variable_scope import get_local_variable as get_local_variable
from perdure.variables.variable_scope import get_variable as get_variable
from perdure.variables.variable_scope import no_regularizer as no_regularizer
from perdure.variables.variable_scope import variable_op_scope as variable_op_scope
from perdure.variables.variable_scope import variable_scope as variable_scope
from perdure.variables.variable_store import disable_resource_variables as disable_resource_variables
from perdure.variables.variable_store import enable_resource_variables as enable_resource_variables
from perdure.variables.variable_store import resource_variables_enabled as resource_variables_enabled
import perdure.functional.array.gathering
import perdure.functional.random.initializers
import perdure.functional.strings.printing
import perdure.graph.constants
def acos(x: _Any, name: _Any = None) -> _Any: ...
def acosh(x: _Any, name: _Any = None) -> _Any: ...
def add(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def asin(x: _Any, name: _Any = None) -> _Any: ...
def asinh(x: _Any, name: _Any = None) -> _Any: ...
def atan(x: _Any, name: _Any = None) -> _Any: ...
def atan2(y: _Any, x: _Any, name: _Any = None) -> _Any: ...
def atanh(x: _Any, name: _Any = None) -> _Any: ...
def betainc(a: _Any, b: _Any, x: _Any, name: _Any = None) -> _Any: ...
def ceil(x: _Any, name: _Any = None) -> _Any: ...
def cholesky(input: _Any, name: _Any = None) -> _Any: ...
constant_initializer = perdure.functional.random.initializers.Constant
def cos(x: _Any, name: _Any = None) -> _Any: ...
def cosh(x: _Any, name: _Any = None) -> _Any: ...
def cross(a: _Any, b: _Any, name: _Any = None) -> _Any: ...
def digamma(x: _Any, name: _Any = None) -> _Any: ...
def disable_eager_execution() -> _Any: ...
def disable_tensor_equality() -> _Any: ...
def enable_tensor_equality() -> _Any: ...
def enable_v2_behavior() -> _Any: ...
def equal(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def erf(x: _Any, name: _Any = None) -> _Any: ...
def erfc(x: _Any, name: _Any = None) -> _Any: ...
def exp(x: _Any, name: _Any = None) -> _Any: ...
def expm1(x: _Any, name: _Any = None) -> _Any: ...
def floor(x: _Any, name: _Any = None) -> _Any: ...
def floor_div(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def floormod(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
get_static_value = perdure.graph.constants.constant_value
glorot_normal_initializer = perdure.functional.random.initializers.GlorotNormal
glorot_uniform_initializer = perdure.functional.random.initializers.GlorotUniform
def greater(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def greater_equal(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def igamma(a: _Any, x: _Any, name: _Any = None) -> _Any: ...
def igammac(a: _Any, x: _Any, name: _Any = None) -> _Any: ...
def is_finite(x: _Any, name: _Any = None) -> _Any: ...
def is_inf(x: _Any, name: _Any = None) -> _Any: ...
def is_nan(x: _Any, name: _Any = None) -> _Any: ...
def less(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def less_equal(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def lgamma(x: _Any, name: _Any = None) -> _Any: ...
def lin_space(start: _Any, stop: _Any, num: _Any, name: _Any = None) -> _Any: ...
def linspace(start: _Any, stop: _Any, num: _Any, name: _Any = None) -> _Any: ...
def log(x: _Any, name: _Any = None) -> _Any: ...
def log1p(x: _Any, name: _Any = None) -> _Any: ...
def logical_and(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def logical_not(x: _Any, name: _Any = None) -> _Any: ...
def logical_or(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def matrix_determinant(input: _Any, name: _Any = None) -> _Any: ...
def maximum(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def minimum(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def mod(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def multiply(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def negative(x: _Any, name: _Any = None) -> _Any: ...
def not_equal(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
ones_initializer = perdure.functional.random.initializers.Ones
orthogonal_initializer = perdure.functional.random.initializers.Orthogonal
def polygamma(a: _Any, x: _Any, name: _Any = None) -> _Any: ...
print = perdure.functional.strings.printing.print_v2
random_normal_initializer = perdure.functional.random.initializers.RandomNormal
random_uniform_initializer = perdure.functional.random.initializers.RandomUniform
def realdiv(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def reciprocal(x: _Any, name: _Any = None) -> _Any: ...
def reduce_all(input_tensor: _Any, axis: _Any = None, keepdims: _Any = None, name: _Any = None, reduction_indices: _Any = None, keep_dims: _Any = None) -> _Any: ...
def reduce_any(input_tensor: _Any, axis: _Any = None, keepdims: _Any = None, name: _Any = None, reduction_indices: _Any = None, keep_dims: _Any = None) -> _Any: ...
def reduce_max(input_tensor: _Any, axis: _Any = None, keepdims: _Any = None, name: _Any = None, reduction_indices: _Any = None, keep_dims: _Any = None) -> _Any: ...
def reduce_mean(input_tensor: _Any, axis: _Any = None, keepdims: _Any = None, name: _Any = None, reduction_indices: _Any = None, keep_dims: _Any = None) -> _Any: ...
def reduce_min(input_tensor: _Any, axis: _Any = None, keepdims: _Any = None, name: _Any = None, reduction_indices: _Any = None, keep_dims: _Any = None) -> _Any: ...
def reduce_prod(input_tensor: _Any, axis: _Any = None, keepdims: _Any = None, name: _Any = None, reduction_indices: _Any = None, keep_dims: _Any = None) -> _Any: ...
def reduce_sum(input_tensor: _Any, axis: _Any = None, keepdims: _Any = None, name: _Any = None, reduction_indices: _Any = None, keep_dims: _Any = None) -> _Any: ...
def rint(x: _Any, name: _Any = None) -> _Any: ...
def rsqrt(x: _Any, name: _Any = None) -> _Any: ...
def segment_max(data: _Any, segment_ids: _Any, name: _Any = None) -> _Any: ...
def segment_mean(data: _Any, segment_ids: _Any, name: _Any = None) -> _Any: ...
def segment_min(data: _Any, segment_ids: _Any, name: _Any = None) -> _Any: ...
def segment_prod(data: _Any, segment_ids: _Any, name: _Any = None) -> _Any: ...
def segment_sum(data: _Any, segment_ids: _Any, name: _Any = None) -> _Any: ...
def sign(x: _Any, name: _Any = None) -> _Any: ...
def sin(x: _Any, name: _Any = None) -> _Any: ...
def sinh(x: _Any, name: _Any = None) -> _Any: ...
def sqrt(x: _Any, name: _Any = None) -> _Any: ...
def square(x: _Any, name: _Any = None) -> _Any: ...
def squared_difference(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def subtract(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def tan(x: _Any, name: _Any = None) -> _Any: ...
def tanh(x: _Any, name: _Any = None) -> _Any: ...
tensor_scatter_nd_add = perdure.functional.array.gathering.tensor_scatter_add
tensor_scatter_nd_sub = perdure.functional.array.gathering.tensor_scatter_sub
tensor_scatter_nd_update = perdure.functional.array.gathering.tensor_scatter_update
truncated_normal_initializer = perdure.functional.random.initializers.TruncatedNormal
def truncatediv(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
def truncatemod(x: _Any, y: _Any, name: _Any = None) -> _Any: ...
uniform_unit_scaling_initializer = perdure.functional.random.initializers.UniformUnitScaling
def unsorted_segment_max(data: _Any, segment_ids: _Any, num_segments: _Any, name: _Any = None) -> _Any: ...
def unsorted_segment_min(data: _Any, segment_ids: _Any, num_segments: _Any, name: _Any = None) -> _Any: ...
def unsorted_segment_prod(data: _Any, segment_ids: _Any, num_segments: _Any, name: _Any = None) -> _Any: ...
def unsorted_segment_sum(data: _Any, segment_ids: _Any, num_segments: _Any, name: _Any = None) -> _Any: ...
variance_scaling_initializer = perdure.functional.random.initializers.VarianceScaling
zeros_initializer = perdure.functional.random.initializers.Zeros
def zeta(x: _Any, q: _Any, name: _Any = None) -> _Any: ...
__version__: str
