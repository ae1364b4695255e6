"""CTC: the loss of sparse labels and its gradient, decoders, and what prepares labels."""

import tensorflow as tf

logits = tf.placeholder(tf.float32, [None, 3, 5], name="logits")
lengths = tf.placeholder(tf.int32, [3], name="lengths")
labels = tf.sparse_placeholder(tf.int32, name="labels")
loss = tf.nn.ctc_loss(labels, logits, lengths)
tf.gradients(tf.reduce_mean(loss), logits)
across = tf.placeholder(tf.float32, [3, None, 5], name="across")
tf.nn.ctc_loss(labels, across, lengths, True, False, True, time_major=False)
tf.nn.ctc_loss_v2(labels, logits, None, lengths, blank_index=-1)
tf.nn.ctc_loss_v2(labels, logits, None, lengths, blank_index=1)
tf.nn.ctc_greedy_decoder(logits, lengths)
tf.nn.ctc_beam_search_decoder(logits, lengths, beam_width=7, top_paths=2)
tf.nn.ctc_beam_search_decoder_v2(logits, lengths)
dense = tf.placeholder(tf.int32, [None, 4], name="dense")
tf.nn.collapse_repeated(dense, lengths)
tf.nn.collapse_repeated(tf.placeholder(tf.int64, [2, None]), [1, 2], name="named")
tf.nn.ctc_unique_labels(dense)
