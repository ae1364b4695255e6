# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras".

from perdure.keras.engine.input_layer import Input as Input
from perdure.keras.engine.model import Model as Model
from perdure.keras.engine.sequential import Sequential as Sequential
from perdure.tf.keras import activations as activations
from perdure.tf.keras import applications as applications
from perdure.tf.keras import backend as backend
from perdure.tf.keras import callbacks as callbacks
from perdure.tf.keras import constraints as constraints
from perdure.tf.keras import datasets as datasets
from perdure.tf.keras import experimental as experimental
from perdure.tf.keras import initializers as initializers
from perdure.tf.keras import layers as layers
from perdure.tf.keras import losses as losses
from perdure.tf.keras import metrics as metrics
from perdure.tf.keras import models as models
from perdure.tf.keras import optimizers as optimizers
from perdure.tf.keras import preprocessing as preprocessing
from perdure.tf.keras import regularizers as regularizers
from perdure.tf.keras import utils as utils
from perdure.tf.keras import wrappers as wrappers
__version__: str
