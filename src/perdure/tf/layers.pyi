# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.layers".

from typing import Any as _Any

from perdure.layers.base import Layer as Layer
from perdure.layers.convolutional import Conv1D as Conv1D
from perdure.layers.convolutional import Conv2D as Conv2D
from perdure.layers.convolutional import Conv2DTranspose as Conv2DTranspose
from perdure.layers.convolutional import Conv3D as Conv3D
from perdure.layers.convolutional import Conv3DTranspose as Conv3DTranspose
from perdure.layers.convolutional import SeparableConv1D as SeparableConv1D
from perdure.layers.convolutional import SeparableConv2D as SeparableConv2D
from perdure.layers.core import Dense as Dense
from perdure.layers.core import Dropout as Dropout
from perdure.layers.core import Flatten as Flatten
from perdure.layers.core import dropout as dropout
from perdure.layers.core import flatten as flatten
from perdure.layers.input_spec import InputSpec as InputSpec
from perdure.layers.normalization import BatchNormalization as BatchNormalization
from perdure.layers.normalization import batch_normalization as batch_normalization
from perdure.layers.pooling import AveragePooling1D as AveragePooling1D
from perdure.layers.pooling import AveragePooling2D as AveragePooling2D
from perdure.layers.pooling import AveragePooling3D as AveragePooling3D
from perdure.layers.pooling import MaxPooling1D as MaxPooling1D
from perdure.layers.pooling import MaxPooling2D as MaxPooling2D
from perdure.layers.pooling import MaxPooling3D as MaxPooling3D
from perdure.layers.pooling import average_pooling1d as average_pooling1d
from perdure.layers.pooling import average_pooling2d as average_pooling2d
from perdure.layers.pooling import average_pooling3d as average_pooling3d
from perdure.layers.pooling import max_pooling1d as max_pooling1d
from perdure.layers.pooling import max_pooling2d as max_pooling2d
from perdure.layers.pooling import max_pooling3d as max_pooling3d
def conv1d(inputs: _Any, filters: _Any, kernel_size: _Any, strides: _Any = 1, padding: _Any = 'valid', data_format: _Any = 'channels_last', dilation_rate: _Any = 1, activation: _Any = None, use_bias: _Any = True, kernel_initializer: _Any = None, bias_initializer: _Any = ..., kernel_regularizer: _Any = None, bias_regularizer: _Any = None, activity_regularizer: _Any = None, kernel_constraint: _Any = None, bias_constraint: _Any = None, trainable: _Any = True, name: _Any = None, reuse: _Any = None) -> _Any: ...
def conv2d(inputs: _Any, filters: _Any, kernel_size: _Any, strides: _Any = ..., padding: _Any = 'valid', data_format: _Any = 'channels_last', dilation_rate: _Any = ..., activation: _Any = None, use_bias: _Any = True, kernel_initializer: _Any = None, bias_initializer: _Any = ..., kernel_regularizer: _Any = None, bias_regularizer: _Any = None, activity_regularizer: _Any = None, kernel_constraint: _Any = None, bias_constraint: _Any = None, trainable: _Any = True, name: _Any = None, reuse: _Any = None) -> _Any: ...
def conv2d_transpose(inputs: _Any, filters: _Any, kernel_size: _Any, strides: _Any = ..., padding: _Any = 'valid', data_format: _Any = 'channels_last', activation: _Any = None, use_bias: _Any = True, kernel_initializer: _Any = None, bias_initializer: _Any = ..., kernel_regularizer: _Any = None, bias_regularizer: _Any = None, activity_regularizer: _Any = None, kernel_constraint: _Any = None, bias_constraint: _Any = None, trainable: _Any = True, name: _Any = None, reuse: _Any = None) -> _Any: ...
def conv3d(inputs: _Any, filters: _Any, kernel_size: _Any, strides: _Any = ..., padding: _Any = 'valid', data_format: _Any = 'channels_last', dilation_rate: _Any = ..., activation: _Any = None, use_bias: _Any = True, kernel_initializer: _Any = None, bias_initializer: _Any = ..., kernel_regularizer: _Any = None, bias_regularizer: _Any = None, activity_regularizer: _Any = None, kernel_constraint: _Any = None, bias_constraint: _Any = None, trainable: _Any = True, name: _Any = None, reuse: _Any = None) -> _Any: ...
def conv3d_transpose(inputs: _Any, filters: _Any, kernel_size: _Any, strides: _Any = ..., padding: _Any = 'valid', data_format: _Any = 'channels_last', activation: _Any = None, use_bias: _Any = True, kernel_initializer: _Any = None, bias_initializer: _Any = ..., kernel_regularizer: _Any = None, bias_regularizer: _Any = None, activity_regularizer: _Any = None, kernel_constraint: _Any = None, bias_constraint: _Any = None, trainable: _Any = True, name: _Any = None, reuse: _Any = None) -> _Any: ...
def dense(inputs: _Any, units: _Any, activation: _Any = None, use_bias: _Any = True, kernel_initializer: _Any = None, bias_initializer: _Any = ..., kernel_regularizer: _Any = None, bias_regularizer: _Any = None, activity_regularizer: _Any = None, kernel_constraint: _Any = None, bias_constraint: _Any = None, trainable: _Any = True, name: _Any = None, reuse: _Any = None) -> _Any: ...
def separable_conv1d(inputs: _Any, filters: _Any, kernel_size: _Any, strides: _Any = 1, padding: _Any = 'valid', data_format: _Any = 'channels_last', dilation_rate: _Any = 1, depth_multiplier: _Any = 1, activation: _Any = None, use_bias: _Any = True, depthwise_initializer: _Any = None, pointwise_initializer: _Any = None, bias_initializer: _Any = ..., depthwise_regularizer: _Any = None, pointwise_regularizer: _Any = None, bias_regularizer: _Any = None, activity_regularizer: _Any = None, depthwise_constraint: _Any = None, pointwise_constraint: _Any = None, bias_constraint: _Any = None, trainable: _Any = True, name: _Any = None, reuse: _Any = None) -> _Any: ...
def separable_conv2d(inputs: _Any, filters: _Any, kernel_size: _Any, strides: _Any = ..., padding: _Any = 'valid', data_format: _Any = 'channels_last', dilation_rate: _Any = ..., depth_multiplier: _Any = 1, activation: _Any = None, use_bias: _Any = True, depthwise_initializer: _Any = None, pointwise_initializer: _Any = None, bias_initializer: _Any = ..., depthwise_regularizer: _Any = None, pointwise_regularizer: _Any = None, bias_regularizer: _Any = None, activity_regularizer: _Any = None, depthwise_constraint: _Any = None, pointwise_constraint: _Any = None, bias_constraint: _Any = None, trainable: _Any = True, name: _Any = None, reuse: _Any = None) -> _Any: ...
