"""tf.contrib.cudnn_rnn: cuDNN's recurrent networks, computed on any device."""
