# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.activations".

from perdure.keras.activations import deserialize as deserialize
from perdure.keras.activations import elu as elu
from perdure.keras.activations import exponential as exponential
from perdure.keras.activations import get as get
from perdure.keras.activations import hard_sigmoid as hard_sigmoid
from perdure.keras.activations import linear as linear
from perdure.keras.activations import relu as relu
from perdure.keras.activations import selu as selu
from perdure.keras.activations import serialize as serialize
from perdure.keras.activations import sigmoid as sigmoid
from perdure.keras.activations import softmax as softmax
from perdure.keras.activations import softplus as softplus
from perdure.keras.activations import softsign as softsign
from perdure.keras.activations import tanh as tanh
