# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.layers".

from perdure.keras.engine.input_layer import Input as Input
from perdure.keras.engine.input_layer import InputLayer as InputLayer
from perdure.keras.engine.input_spec import InputSpec as InputSpec
from perdure.keras.engine.layer import Layer as Layer
from perdure.keras.layers.convolutional import Conv1D as Conv1D
from perdure.keras.layers.convolutional import Conv2D as Conv2D
from perdure.keras.layers.convolutional import Conv3D as Conv3D
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
from perdure.keras.layers.serialization import deserialize as deserialize
from perdure.keras.layers.serialization import serialize as serialize
import perdure.keras.layers.convolutional
import perdure.keras.layers.pooling
AvgPool1D = perdure.keras.layers.pooling.AveragePooling1D
AvgPool2D = perdure.keras.layers.pooling.AveragePooling2D
AvgPool3D = perdure.keras.layers.pooling.AveragePooling3D
Convolution1D = perdure.keras.layers.convolutional.Conv1D
Convolution2D = perdure.keras.layers.convolutional.Conv2D
Convolution3D = perdure.keras.layers.convolutional.Conv3D
GlobalAvgPool1D = perdure.keras.layers.pooling.GlobalAveragePooling1D
GlobalAvgPool2D = perdure.keras.layers.pooling.GlobalAveragePooling2D
GlobalAvgPool3D = perdure.keras.layers.pooling.GlobalAveragePooling3D
GlobalMaxPool1D = perdure.keras.layers.pooling.GlobalMaxPooling1D
GlobalMaxPool2D = perdure.keras.layers.pooling.GlobalMaxPooling2D
GlobalMaxPool3D = perdure.keras.layers.pooling.GlobalMaxPooling3D
MaxPool1D = perdure.keras.layers.pooling.MaxPooling1D
MaxPool2D = perdure.keras.layers.pooling.MaxPooling2D
MaxPool3D = perdure.keras.layers.pooling.MaxPooling3D
