# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.slim".

from typing import Any as _Any

from perdure.compat.inner_deprecation import deprecated as deprecated
from perdure.compat.inner_deprecation import deprecated_arg_values as deprecated_arg_values
from perdure.contrib.framework.arg_scope import add_arg_scope as add_arg_scope
from perdure.contrib.framework.arg_scope import arg_scope as arg_scope
from perdure.contrib.framework.arg_scope import arg_scope_func_key as arg_scope_func_key
from perdure.contrib.framework.arg_scope import arg_scoped_arguments as arg_scoped_arguments
from perdure.contrib.framework.arg_scope import current_arg_scope as current_arg_scope
from perdure.contrib.framework.arg_scope import has_arg_scope as has_arg_scope
from perdure.contrib.framework.checkpoints import assign_from_checkpoint as assign_from_checkpoint
from perdure.contrib.framework.checkpoints import assign_from_checkpoint_fn as assign_from_checkpoint_fn
from perdure.contrib.framework.variables import VariableDeviceChooser as VariableDeviceChooser
from perdure.contrib.framework.variables import add_model_variable as add_model_variable
from perdure.contrib.framework.variables import assert_or_get_global_step as assert_or_get_global_step
from perdure.contrib.framework.variables import assign_from_values as assign_from_values
from perdure.contrib.framework.variables import assign_from_values_fn as assign_from_values_fn
from perdure.contrib.framework.variables import filter_variables as filter_variables
from perdure.contrib.framework.variables import get_local_variables as get_local_variables
from perdure.contrib.framework.variables import get_model_variables as get_model_variables
from perdure.contrib.framework.variables import get_trainable_variables as get_trainable_variables
from perdure.contrib.framework.variables import get_unique_variable as get_unique_variable
from perdure.contrib.framework.variables import get_variable_full_name as get_variable_full_name
from perdure.contrib.framework.variables import get_variables as get_variables
from perdure.contrib.framework.variables import get_variables_by_name as get_variables_by_name
from perdure.contrib.framework.variables import get_variables_by_suffix as get_variables_by_suffix
from perdure.contrib.framework.variables import get_variables_to_restore as get_variables_to_restore
from perdure.contrib.framework.variables import global_variable as global_variable
from perdure.contrib.framework.variables import local_variable as local_variable
from perdure.contrib.framework.variables import model_variable as model_variable
from perdure.contrib.framework.variables import variable as variable
from perdure.contrib.layers.convolutional import conv2d_transpose as conv2d_transpose
from perdure.contrib.layers.convolutional import conv3d_transpose as conv3d_transpose
from perdure.contrib.layers.convolutional import convolution as convolution
from perdure.contrib.layers.convolutional import convolution2d_transpose as convolution2d_transpose
from perdure.contrib.layers.convolutional import convolution3d_transpose as convolution3d_transpose
from perdure.contrib.layers.dense import bias_add as bias_add
from perdure.contrib.layers.dense import elu as elu
from perdure.contrib.layers.dense import fully_connected as fully_connected
from perdure.contrib.layers.dense import linear as linear
from perdure.contrib.layers.dense import relu as relu
from perdure.contrib.layers.dense import relu6 as relu6
from perdure.contrib.layers.encoders import embed_sequence as embed_sequence
from perdure.contrib.layers.encoders import embedding_lookup_unique as embedding_lookup_unique
from perdure.contrib.layers.initializers import variance_scaling_initializer as variance_scaling_initializer
from perdure.contrib.layers.initializers import xavier_initializer as xavier_initializer
from perdure.contrib.layers.initializers import xavier_initializer_conv2d as xavier_initializer_conv2d
from perdure.contrib.layers.modules import initializers as initializers
from perdure.contrib.layers.modules import regularizers as regularizers
from perdure.contrib.layers.modules import utils as utils
from perdure.contrib.layers.normalization import batch_norm as batch_norm
from perdure.contrib.layers.normalization import instance_norm as instance_norm
from perdure.contrib.layers.normalization import layer_norm as layer_norm
from perdure.contrib.layers.normalization import unit_norm as unit_norm
from perdure.contrib.layers.optimizers import OPTIMIZER_CLS_NAMES as OPTIMIZER_CLS_NAMES
from perdure.contrib.layers.optimizers import OPTIMIZER_SUMMARIES as OPTIMIZER_SUMMARIES
from perdure.contrib.layers.optimizers import optimize_loss as optimize_loss
from perdure.contrib.layers.pooling import avg_pool2d as avg_pool2d
from perdure.contrib.layers.pooling import avg_pool3d as avg_pool3d
from perdure.contrib.layers.pooling import max_pool2d as max_pool2d
from perdure.contrib.layers.pooling import max_pool3d as max_pool3d
from perdure.contrib.layers.regularizers import apply_regularization as apply_regularization
from perdure.contrib.layers.regularizers import l1_l2_regularizer as l1_l2_regularizer
from perdure.contrib.layers.regularizers import l1_regularizer as l1_regularizer
from perdure.contrib.layers.regularizers import l2_regularizer as l2_regularizer
from perdure.contrib.layers.regularizers import sum_regularizer as sum_regularizer
from perdure.contrib.layers.shaping import dropout as dropout
from perdure.contrib.layers.shaping import flatten as flatten
from perdure.contrib.layers.shaping import maxout as maxout
from perdure.contrib.layers.shaping import one_hot_encoding as one_hot_encoding
from perdure.contrib.layers.shaping import repeat as repeat
from perdure.contrib.layers.shaping import softmax as softmax
from perdure.contrib.layers.shaping import stack as stack
from perdure.contrib.layers.spatial import separable_conv2d as separable_conv2d
from perdure.contrib.layers.spatial import separable_convolution2d as separable_convolution2d
from perdure.contrib.layers.spatial import spatial_softmax as spatial_softmax
from perdure.contrib.layers.summaries import summarize_activation as summarize_activation
from perdure.contrib.layers.summaries import summarize_activations as summarize_activations
from perdure.contrib.layers.summaries import summarize_biases as summarize_biases
from perdure.contrib.layers.summaries import summarize_collection as summarize_collection
from perdure.contrib.layers.summaries import summarize_tensor as summarize_tensor
from perdure.contrib.layers.summaries import summarize_tensors as summarize_tensors
from perdure.contrib.layers.summaries import summarize_variables as summarize_variables
from perdure.contrib.layers.summaries import summarize_weights as summarize_weights
from perdure.tf.contrib import layers as layers
from perdure.tf.contrib import losses as losses
from perdure.training.training_util import assert_global_step as assert_global_step
from perdure.training.training_util import create_global_step as create_global_step
from perdure.training.training_util import get_global_step as get_global_step
from perdure.training.training_util import get_or_create_global_step as get_or_create_global_step
def conv1d(inputs: _Any, num_outputs: _Any, kernel_size: _Any, stride: _Any = 1, padding: _Any = 'SAME', data_format: _Any = None, rate: _Any = 1, activation_fn: _Any = ..., normalizer_fn: _Any = None, normalizer_params: _Any = None, weights_initializer: _Any = ..., weights_regularizer: _Any = None, biases_initializer: _Any = ..., biases_regularizer: _Any = None, reuse: _Any = None, variables_collections: _Any = None, outputs_collections: _Any = None, trainable: _Any = True, scope: _Any = None) -> _Any: ...
def conv2d(inputs: _Any, num_outputs: _Any, kernel_size: _Any, stride: _Any = 1, padding: _Any = 'SAME', data_format: _Any = None, rate: _Any = 1, activation_fn: _Any = ..., normalizer_fn: _Any = None, normalizer_params: _Any = None, weights_initializer: _Any = ..., weights_regularizer: _Any = None, biases_initializer: _Any = ..., biases_regularizer: _Any = None, reuse: _Any = None, variables_collections: _Any = None, outputs_collections: _Any = None, trainable: _Any = True, scope: _Any = None) -> _Any: ...
def conv3d(inputs: _Any, num_outputs: _Any, kernel_size: _Any, stride: _Any = 1, padding: _Any = 'SAME', data_format: _Any = None, rate: _Any = 1, activation_fn: _Any = ..., normalizer_fn: _Any = None, normalizer_params: _Any = None, weights_initializer: _Any = ..., weights_regularizer: _Any = None, biases_initializer: _Any = ..., biases_regularizer: _Any = None, reuse: _Any = None, variables_collections: _Any = None, outputs_collections: _Any = None, trainable: _Any = True, scope: _Any = None) -> _Any: ...
def convolution1d(inputs: _Any, num_outputs: _Any, kernel_size: _Any, stride: _Any = 1, padding: _Any = 'SAME', data_format: _Any = None, rate: _Any = 1, activation_fn: _Any = ..., normalizer_fn: _Any = None, normalizer_params: _Any = None, weights_initializer: _Any = ..., weights_regularizer: _Any = None, biases_initializer: _Any = ..., biases_regularizer: _Any = None, reuse: _Any = None, variables_collections: _Any = None, outputs_collections: _Any = None, trainable: _Any = True, scope: _Any = None) -> _Any: ...
def convolution2d(inputs: _Any, num_outputs: _Any, kernel_size: _Any, stride: _Any = 1, padding: _Any = 'SAME', data_format: _Any = None, rate: _Any = 1, activation_fn: _Any = ..., normalizer_fn: _Any = None, normalizer_params: _Any = None, weights_initializer: _Any = ..., weights_regularizer: _Any = None, biases_initializer: _Any = ..., biases_regularizer: _Any = None, reuse: _Any = None, variables_collections: _Any = None, outputs_collections: _Any = None, trainable: _Any = True, scope: _Any = None) -> _Any: ...
def convolution3d(inputs: _Any, num_outputs: _Any, kernel_size: _Any, stride: _Any = 1, padding: _Any = 'SAME', data_format: _Any = None, rate: _Any = 1, activation_fn: _Any = ..., normalizer_fn: _Any = None, normalizer_params: _Any = None, weights_initializer: _Any = ..., weights_regularizer: _Any = None, biases_initializer: _Any = ..., biases_regularizer: _Any = None, reuse: _Any = None, variables_collections: _Any = None, outputs_collections: _Any = None, trainable: _Any = True, scope: _Any = None) -> _Any: ...
