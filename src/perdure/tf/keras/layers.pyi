# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.layers".

from perdure.feature_column.dense_features import DenseFeatures as DenseFeatures
from perdure.keras.engine.input_layer import Input as Input
from perdure.keras.engine.input_layer import InputLayer as InputLayer
from perdure.keras.engine.layer import Layer as Layer
from perdure.keras.layers.advanced_activations import ELU as ELU
from perdure.keras.layers.advanced_activations import LeakyReLU as LeakyReLU
from perdure.keras.layers.advanced_activations import PReLU as PReLU
from perdure.keras.layers.advanced_activations import ReLU as ReLU
from perdure.keras.layers.advanced_activations import Softmax as Softmax
from perdure.keras.layers.advanced_activations import ThresholdedReLU as ThresholdedReLU
from perdure.keras.layers.attention import AdditiveAttention as AdditiveAttention
from perdure.keras.layers.attention import Attention as Attention
from perdure.keras.layers.cells import AbstractRNNCell as AbstractRNNCell
from perdure.keras.layers.cells import GRUCell as GRUCell
from perdure.keras.layers.cells import LSTMCell as LSTMCell
from perdure.keras.layers.cells import SimpleRNNCell as SimpleRNNCell
from perdure.keras.layers.convolutional import Conv1D as Conv1D
from perdure.keras.layers.convolutional import Conv2D as Conv2D
from perdure.keras.layers.convolutional import Conv3D as Conv3D
from perdure.keras.layers.convolutional_recurrent import ConvLSTM2D as ConvLSTM2D
from perdure.keras.layers.core import Activation as Activation
from perdure.keras.layers.core import ActivityRegularization as ActivityRegularization
from perdure.keras.layers.core import Dense as Dense
from perdure.keras.layers.core import Dropout as Dropout
from perdure.keras.layers.core import Flatten as Flatten
from perdure.keras.layers.core import Masking as Masking
from perdure.keras.layers.core import Permute as Permute
from perdure.keras.layers.core import RepeatVector as RepeatVector
from perdure.keras.layers.core import Reshape as Reshape
from perdure.keras.layers.core import SpatialDropout1D as SpatialDropout1D
from perdure.keras.layers.core import SpatialDropout2D as SpatialDropout2D
from perdure.keras.layers.core import SpatialDropout3D as SpatialDropout3D
from perdure.keras.layers.cudnn import CuDNNGRU as CuDNNGRU
from perdure.keras.layers.cudnn import CuDNNLSTM as CuDNNLSTM
from perdure.keras.layers.embeddings import Embedding as Embedding
from perdure.keras.layers.lambdas import Lambda as Lambda
from perdure.keras.layers.local import LocallyConnected1D as LocallyConnected1D
from perdure.keras.layers.local import LocallyConnected2D as LocallyConnected2D
from perdure.keras.layers.merge import Add as Add
from perdure.keras.layers.merge import Average as Average
from perdure.keras.layers.merge import Concatenate as Concatenate
from perdure.keras.layers.merge import Dot as Dot
from perdure.keras.layers.merge import Maximum as Maximum
from perdure.keras.layers.merge import Minimum as Minimum
from perdure.keras.layers.merge import Multiply as Multiply
from perdure.keras.layers.merge import Subtract as Subtract
from perdure.keras.layers.merge import add as add
from perdure.keras.layers.merge import average as average
from perdure.keras.layers.merge import concatenate as concatenate
from perdure.keras.layers.merge import dot as dot
from perdure.keras.layers.merge import maximum as maximum
from perdure.keras.layers.merge import minimum as minimum
from perdure.keras.layers.merge import multiply as multiply
from perdure.keras.layers.merge import subtract as subtract
from perdure.keras.layers.noise import AlphaDropout as AlphaDropout
from perdure.keras.layers.noise import GaussianDropout as GaussianDropout
from perdure.keras.layers.noise import GaussianNoise as GaussianNoise
from perdure.keras.layers.normalization import BatchNormalization as BatchNormalization
from perdure.keras.layers.normalization import LayerNormalization as LayerNormalization
from perdure.keras.layers.pooling import AveragePooling1D as AveragePooling1D
from perdure.keras.layers.pooling import AveragePooling2D as AveragePooling2D
from perdure.keras.layers.pooling import AveragePooling3D as AveragePooling3D
from perdure.keras.layers.pooling import GlobalAveragePooling1D as GlobalAveragePooling1D
from perdure.keras.layers.pooling import GlobalAveragePooling2D as GlobalAveragePooling2D
from perdure.keras.layers.pooling import GlobalAveragePooling3D as GlobalAveragePooling3D
from perdure.keras.layers.pooling import GlobalMaxPooling1D as GlobalMaxPooling1D
from perdure.keras.layers.pooling import GlobalMaxPooling2D as GlobalMaxPooling2D
from perdure.keras.layers.pooling import GlobalMaxPooling3D as GlobalMaxPooling3D
from perdure.keras.layers.pooling import MaxPooling1D as MaxPooling1D
from perdure.keras.layers.pooling import MaxPooling2D as MaxPooling2D
from perdure.keras.layers.pooling import MaxPooling3D as MaxPooling3D
from perdure.keras.layers.recurrent import GRU as GRU
from perdure.keras.layers.recurrent import LSTM as LSTM
from perdure.keras.layers.recurrent import SimpleRNN as SimpleRNN
from perdure.keras.layers.resampling import Cropping1D as Cropping1D
from perdure.keras.layers.resampling import Cropping2D as Cropping2D
from perdure.keras.layers.resampling import Cropping3D as Cropping3D
from perdure.keras.layers.resampling import UpSampling1D as UpSampling1D
from perdure.keras.layers.resampling import UpSampling2D as UpSampling2D
from perdure.keras.layers.resampling import UpSampling3D as UpSampling3D
from perdure.keras.layers.resampling import ZeroPadding1D as ZeroPadding1D
from perdure.keras.layers.resampling import ZeroPadding2D as ZeroPadding2D
from perdure.keras.layers.resampling import ZeroPadding3D as ZeroPadding3D
from perdure.keras.layers.rnn import RNN as RNN
from perdure.keras.layers.rnn import StackedRNNCells as StackedRNNCells
from perdure.keras.layers.separable import DepthwiseConv2D as DepthwiseConv2D
from perdure.keras.layers.separable import SeparableConv1D as SeparableConv1D
from perdure.keras.layers.separable import SeparableConv2D as SeparableConv2D
from perdure.keras.layers.serialization import deserialize as deserialize
from perdure.keras.layers.serialization import serialize as serialize
from perdure.keras.layers.transposed import Conv2DTranspose as Conv2DTranspose
from perdure.keras.layers.transposed import Conv3DTranspose as Conv3DTranspose
from perdure.keras.layers.wrappers import Bidirectional as Bidirectional
from perdure.keras.layers.wrappers import TimeDistributed as TimeDistributed
from perdure.keras.layers.wrappers import Wrapper as Wrapper
from perdure.layers.input_spec import InputSpec as InputSpec
import perdure.keras.layers.convolutional
import perdure.keras.layers.pooling
import perdure.keras.layers.separable
import perdure.keras.layers.transposed
AvgPool1D = perdure.keras.layers.pooling.AveragePooling1D
AvgPool2D = perdure.keras.layers.pooling.AveragePooling2D
AvgPool3D = perdure.keras.layers.pooling.AveragePooling3D
Convolution1D = perdure.keras.layers.convolutional.Conv1D
Convolution2D = perdure.keras.layers.convolutional.Conv2D
Convolution2DTranspose = perdure.keras.layers.transposed.Conv2DTranspose
Convolution3D = perdure.keras.layers.convolutional.Conv3D
Convolution3DTranspose = perdure.keras.layers.transposed.Conv3DTranspose
GlobalAvgPool1D = perdure.keras.layers.pooling.GlobalAveragePooling1D
GlobalAvgPool2D = perdure.keras.layers.pooling.GlobalAveragePooling2D
GlobalAvgPool3D = perdure.keras.layers.pooling.GlobalAveragePooling3D
GlobalMaxPool1D = perdure.keras.layers.pooling.GlobalMaxPooling1D
GlobalMaxPool2D = perdure.keras.layers.pooling.GlobalMaxPooling2D
GlobalMaxPool3D = perdure.keras.layers.pooling.GlobalMaxPooling3D
MaxPool1D = perdure.keras.layers.pooling.MaxPooling1D
MaxPool2D = perdure.keras.layers.pooling.MaxPooling2D
MaxPool3D = perdure.keras.layers.pooling.MaxPooling3D
SeparableConvolution1D = perdure.keras.layers.separable.SeparableConv1D
SeparableConvolution2D = perdure.keras.layers.separable.SeparableConv2D
