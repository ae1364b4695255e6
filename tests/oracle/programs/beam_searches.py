"""tf.contrib.seq2seq: beam search, with attention and without, and what it is made of."""

import tensorflow as tf

cells = tf.nn.rnn_cell
seq2seq = tf.contrib.seq2seq
tf.set_random_seed(3)

BATCH, UNITS, WORDS, WIDTH = 4, 6, 9, 3
memory = tf.placeholder(tf.float32, [BATCH, None, UNITS], name="memory")
lengths = tf.placeholder(tf.int32, [BATCH], name="lengths")
encoded = tf.placeholder(tf.float32, [BATCH, UNITS], name="encoded")
table = tf.get_variable("embedding", [WORDS, 5])

with tf.variable_scope("plain"):
    decoder = seq2seq.BeamSearchDecoder(
        cells.LSTMCell(UNITS),
        table,
        tf.placeholder(tf.int32, [None], name="starts"),
        2,
        tf.contrib.seq2seq.tile_batch(cells.LSTMStateTuple(encoded, encoded), WIDTH),
        WIDTH,
        output_layer=tf.layers.Dense(WORDS),
        length_penalty_weight=0.6,
    )
    seq2seq.dynamic_decode(decoder, maximum_iterations=10)

for name, options in (
    ("attending", {}),
    ("covering", {"coverage_penalty_weight": 0.2, "length_penalty_weight": tf.placeholder(tf.float32, [])}),
    ("unsorted", {"reorder_tensor_arrays": False}),
):
    with tf.variable_scope(name):
        tiled, ends, state = seq2seq.tile_batch((memory, lengths, encoded), WIDTH, name="tiled")
        several = name == "covering"
        mechanism = seq2seq.BahdanauAttention(UNITS, tiled, ends)
        cell = seq2seq.AttentionWrapper(
            cells.GRUCell(UNITS),
            [mechanism, seq2seq.LuongAttention(UNITS, tiled)] if several else mechanism,
            attention_layer_size=[5, 4] if several else 5,
            alignment_history=not several,
        )
        start = cell.zero_state(BATCH * WIDTH, tf.float32).clone(cell_state=state)
        decoder = seq2seq.BeamSearchDecoder(
            cell,
            lambda ids: tf.nn.embedding_lookup(table, ids),
            tf.fill([BATCH], 1),
            tf.constant(2),
            start,
            WIDTH,
            output_layer=tf.layers.Dense(WORDS, use_bias=False),
            **options,
        )
        seq2seq.dynamic_decode(decoder, output_time_major=True, maximum_iterations=tf.reduce_max(lengths))

seq2seq.gather_tree(
    tf.placeholder(tf.int32, [None, 2, 3]), tf.placeholder(tf.int32, [5, None, 3]), [4, 5], end_token=2
)
seq2seq.hardmax(tf.placeholder(tf.float32, [2, None]))
seq2seq.hardmax(memory, name="hard")
seq2seq.safe_cumprod(encoded, axis=1, reverse=True)
for mode in ("recursive", "parallel", "hard"):
    p = tf.placeholder(tf.float32, [None, 5])
    tf.gradients(seq2seq.monotonic_attention(p, tf.placeholder(tf.float32, [3, None]), mode), p)
