"""tf.contrib.seq2seq: decoders with helpers, attention, beam search, losses, and their training."""

import tensorflow as tf

cells = tf.nn.rnn_cell
seq2seq = tf.contrib.seq2seq
tf.set_random_seed(3)

BATCH, UNITS, WORDS, WIDTH = 4, 6, 9, 3
source = tf.placeholder(tf.int32, [BATCH, None], name="source")
source_lengths = tf.placeholder(tf.int32, [BATCH], name="source_lengths")
target = tf.placeholder(tf.int32, [BATCH, None], name="target")
target_lengths = tf.placeholder(tf.int32, [None], name="target_lengths")
table = tf.get_variable("embedding", [WORDS, 5])
memory, encoded = tf.nn.dynamic_rnn(
    cells.GRUCell(UNITS), tf.nn.embedding_lookup(table, source), source_lengths, dtype=tf.float32
)
inputs = tf.nn.embedding_lookup(table, target)
weights = tf.sequence_mask(target_lengths, tf.shape(target)[1], dtype=tf.float32)


def mechanisms(memory, lengths):
    return {
        "bahdanau": seq2seq.BahdanauAttention(UNITS, memory, lengths, normalize=True),
        "luong": seq2seq.LuongAttention(UNITS, memory, lengths, scale=True),
        "plain": seq2seq.LuongAttention(UNITS, memory, probability_fn=seq2seq.hardmax),
        "bahdanau_monotonic": seq2seq.BahdanauMonotonicAttention(
            UNITS, memory, lengths, sigmoid_noise=1.0, sigmoid_noise_seed=7, score_bias_init=-1.0
        ),
        "luong_monotonic": seq2seq.LuongMonotonicAttention(
            UNITS, memory, lengths, scale=True, mode="recursive"
        ),
        "hard": seq2seq.LuongMonotonicAttention(UNITS, memory, lengths, mode="hard"),
    }


# Training with each kind of attention.
for name in ("bahdanau", "luong", "plain", "bahdanau_monotonic", "luong_monotonic", "hard"):
    with tf.variable_scope(name):
        mechanism = mechanisms(memory, source_lengths)[name]
        cell = seq2seq.AttentionWrapper(
            cells.GRUCell(UNITS),
            mechanism,
            attention_layer_size=5 if name == "luong" else None,
            alignment_history=name == "bahdanau",
            output_attention=name != "bahdanau",
            initial_cell_state=encoded if name == "bahdanau" else None,
        )
        helper = seq2seq.TrainingHelper(inputs, target_lengths)
        start = cell.zero_state(BATCH, tf.float32)
        if name == "luong":
            start = start.clone(cell_state=encoded)
        decoder = seq2seq.BasicDecoder(cell, helper, start, output_layer=tf.layers.Dense(WORDS))
        outputs, state, lengths = seq2seq.dynamic_decode(decoder)
        loss = seq2seq.sequence_loss(outputs.rnn_output, target, weights)
        if name in ("bahdanau", "luong_monotonic"):
            tf.gradients(loss, tf.trainable_variables(name) + [table])
        if name == "bahdanau":
            state.alignment_history.stack()

# Several mechanisms; steps that end; time first; a scope; a cell of layers.
with tf.variable_scope("several"):
    both = mechanisms(memory, source_lengths)
    cell = seq2seq.AttentionWrapper(
        cells.MultiRNNCell([cells.LSTMCell(UNITS), cells.GRUCell(UNITS)]),
        [both["bahdanau"], both["luong"]],
        attention_layer_size=[4, 3],
        alignment_history=True,
        cell_input_fn=lambda inputs, attention: tf.layers.dense(tf.concat([inputs, attention], 1), 7),
    )
    helper = seq2seq.TrainingHelper(tf.transpose(inputs, [1, 0, 2]), target_lengths, time_major=True)
    decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32))
    outputs, state, lengths = seq2seq.dynamic_decode(
        decoder,
        output_time_major=True,
        impute_finished=True,
        maximum_iterations=tf.placeholder(tf.int32, [], name="most"),
        parallel_iterations=8,
        swap_memory=True,
        scope="named",
    )

# Other helpers.
helpers = {
    "greedy": lambda: seq2seq.GreedyEmbeddingHelper(table, tf.fill([BATCH], 1), 2),
    "drawn": lambda: seq2seq.SampleEmbeddingHelper(table, [1, 1, 1, 1], 2, softmax_temperature=0.5, seed=5),
    "scheduled": lambda: seq2seq.ScheduledEmbeddingTrainingHelper(
        inputs, target_lengths, table, 0.3, seed=1, scheduling_seed=2
    ),
    "outputs": lambda: seq2seq.ScheduledOutputTrainingHelper(inputs, target_lengths, 0.3, seed=1),
    "auxiliary": lambda: seq2seq.ScheduledOutputTrainingHelper(
        inputs,
        target_lengths,
        0.3,
        seed=1,
        next_inputs_fn=lambda outputs: tf.layers.dense(outputs, 5),
        auxiliary_inputs=inputs,
    ),
    "inference": lambda: seq2seq.InferenceHelper(
        lambda outputs: outputs > 0,
        [5],
        tf.bool,
        tf.zeros([BATCH, 5], tf.bool),
        lambda samples: tf.reduce_all(samples, 1),
        lambda samples: tf.cast(samples, tf.float32),
    ),
    "custom": lambda: seq2seq.CustomHelper(
        lambda: (tf.tile([False], [BATCH]), inputs[:, 0]),
        lambda time, outputs, state: tf.cast(tf.argmax(outputs, 1), tf.int32),
        lambda time, outputs, state, sample_ids: (
            tf.tile(tf.reshape(time >= 3, [1]), [BATCH]),
            tf.nn.embedding_lookup(table, sample_ids),
            state,
        ),
    ),
}
for name in sorted(helpers):
    if name == "inference":
        continue
    with tf.variable_scope("helper_" + name):
        layer = None if name in ("outputs", "auxiliary") else tf.layers.Dense(WORDS, use_bias=False)
        decoder = seq2seq.BasicDecoder(
            cells.BasicRNNCell(5), helpers[name](), tf.zeros([BATCH, 5]), output_layer=layer
        )
        outputs, _, _ = seq2seq.dynamic_decode(decoder, maximum_iterations=7)
        if name == "auxiliary":
            tf.gradients(outputs.rnn_output, tf.trainable_variables("helper_" + name))

# Losses.
logits = tf.placeholder(tf.float32, [None, 5, WORDS], name="logits")
for kwargs in (
    {"average_across_timesteps": False},
    {"average_across_batch": False},
    {"average_across_timesteps": False, "average_across_batch": False},
    {"average_across_timesteps": False, "average_across_batch": False, "sum_over_timesteps": True},
    {"average_across_timesteps": False, "average_across_batch": False, "sum_over_batch": True},
    {
        "average_across_timesteps": False,
        "average_across_batch": False,
        "sum_over_batch": True,
        "sum_over_timesteps": True,
    },
):
    loss = seq2seq.sequence_loss(logits, target, weights, name="weighted", **kwargs)
    tf.gradients(loss, logits)
