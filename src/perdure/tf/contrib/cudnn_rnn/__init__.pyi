# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.cudnn_rnn".

from perdure.contrib.cudnn_rnn.cells import CudnnCompatibleGRUCell as CudnnCompatibleGRUCell
from perdure.contrib.cudnn_rnn.cells import CudnnCompatibleLSTMCell as CudnnCompatibleLSTMCell
from perdure.contrib.cudnn_rnn.converters import CudnnParamsFormatConverterGRU as CudnnParamsFormatConverterGRU
from perdure.contrib.cudnn_rnn.converters import CudnnParamsFormatConverterLSTM as CudnnParamsFormatConverterLSTM
from perdure.contrib.cudnn_rnn.converters import CudnnParamsFormatConverterRelu as CudnnParamsFormatConverterRelu
from perdure.contrib.cudnn_rnn.converters import CudnnParamsFormatConverterTanh as CudnnParamsFormatConverterTanh
from perdure.contrib.cudnn_rnn.layers import CudnnGRU as CudnnGRU
from perdure.contrib.cudnn_rnn.layers import CudnnLSTM as CudnnLSTM
from perdure.contrib.cudnn_rnn.layers import CudnnRNNRelu as CudnnRNNRelu
from perdure.contrib.cudnn_rnn.layers import CudnnRNNTanh as CudnnRNNTanh
from perdure.contrib.cudnn_rnn.saveables import CudnnGRUSaveable as CudnnGRUSaveable
from perdure.contrib.cudnn_rnn.saveables import CudnnLSTMSaveable as CudnnLSTMSaveable
from perdure.contrib.cudnn_rnn.saveables import CudnnRNNReluSaveable as CudnnRNNReluSaveable
from perdure.contrib.cudnn_rnn.saveables import CudnnRNNTanhSaveable as CudnnRNNTanhSaveable
