# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.rnn".

from perdure.rnn.base import LayerRNNCell as LayerRNNCell
from perdure.rnn.base import RNNCell as RNNCell
from perdure.rnn.cells import BasicLSTMCell as BasicLSTMCell
from perdure.rnn.cells import BasicRNNCell as BasicRNNCell
from perdure.rnn.cells import GRUCell as GRUCell
from perdure.rnn.cells import LSTMCell as LSTMCell
from perdure.rnn.cells import LSTMStateTuple as LSTMStateTuple
from perdure.rnn.cells import MultiRNNCell as MultiRNNCell
from perdure.rnn.static import static_bidirectional_rnn as static_bidirectional_rnn
from perdure.rnn.static import static_rnn as static_rnn
from perdure.rnn.static import static_state_saving_rnn as static_state_saving_rnn
from perdure.rnn.wrappers import DeviceWrapper as DeviceWrapper
from perdure.rnn.wrappers import DropoutWrapper as DropoutWrapper
from perdure.rnn.wrappers import ResidualWrapper as ResidualWrapper
