"""tf.contrib.seq2seq: decoders that make a sequence step by step, attention and beam search."""
