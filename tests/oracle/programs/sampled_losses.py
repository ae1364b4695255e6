"""Candidate samplers and the losses of sampled classes, with their sparse gradients."""

import tensorflow as tf

tf.set_random_seed(7)
labels = tf.placeholder(tf.int64, [None, 1], name="labels")
pairs = tf.placeholder(tf.int32, [8, 2], name="pairs")
true_classes = tf.placeholder(tf.int64, [4, 2], name="true_classes")

tf.random.uniform_candidate_sampler(true_classes, 2, 3, True, 50)
log_uniform = tf.random.log_uniform_candidate_sampler(true_classes, 2, 3, False, 50, seed=4, name="zipf")
tf.nn.learned_unigram_candidate_sampler(true_classes, 2, 3, True, 50)
tf.nn.fixed_unigram_candidate_sampler(
    true_classes, 2, 3, True, 5, unigrams=[1, 2.5, 3], num_reserved_ids=2, distortion=0.75, seed=1
)
tf.nn.fixed_unigram_candidate_sampler(
    true_classes, 2, 3, True, 5, vocab_file="words.txt", num_shards=2, shard=1, name="words"
)
everything = tf.nn.all_candidate_sampler(true_classes, 2, 50, True)
tf.nn.compute_accidental_hits(true_classes, log_uniform[0], 2)

center = tf.placeholder(tf.int32, [8], name="center")
table = tf.Variable(tf.random_uniform([50, 6], -1.0, 1.0), name="table")
weights = tf.Variable(tf.truncated_normal([50, 6], stddev=0.4), name="weights")
biases = tf.Variable(tf.zeros([50]), name="biases")
inputs = tf.nn.embedding_lookup(table, center)
losses = [
    tf.nn.nce_loss(weights, biases, labels, inputs, 5, 50),
    tf.nn.nce_loss(
        weights=weights,
        biases=biases,
        labels=pairs,
        inputs=inputs,
        num_sampled=5,
        num_classes=50,
        num_true=2,
        remove_accidental_hits=True,
        name="pairs_loss",
    ),
    tf.nn.sampled_softmax_loss(weights, biases, labels, inputs, 5, 50),
    tf.nn.sampled_softmax_loss(
        weights,
        biases,
        pairs,
        inputs,
        5,
        50,
        num_true=2,
        remove_accidental_hits=False,
        partition_strategy="div",
        seed=3,
        name="softmax",
    ),
    tf.nn.sampled_softmax_loss(
        weights,
        biases,
        labels,
        inputs,
        50,
        50,
        sampled_values=tf.nn.all_candidate_sampler(labels, 1, 50, True),
    ),
]
for i, loss in enumerate(losses):
    tf.gradients(loss, [table, weights, biases], name="gradients_%d" % i)

parts = [tf.get_variable("part%d" % i, [size, 6]) for i, size in enumerate([17, 17, 16])]
resource = tf.get_variable("resource", [50], use_resource=True)
of_parts = tf.nn.nce_loss(parts, resource, labels, inputs, 4, 50, partition_strategy="div")
tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_mean(of_parts + losses[0]))

wide = tf.Variable(tf.ones([50, 6], tf.float64), name="wide")
wide_inputs = tf.placeholder(tf.float32, [None, 6], name="wide_inputs")
tf.gradients(tf.nn.sampled_softmax_loss([wide], biases, labels, wide_inputs, 3, 50), wide)
