"""tf.contrib.crf: conditional random fields over chains of tags."""
