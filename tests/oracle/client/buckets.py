"""Examples that come out of tf.contrib.training's buckets, and arguments that it refuses."""

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def by_length(tf):
    lengths = tf.train.input_producer([3, 1, 7, 4, 2, 9, 8, 1], num_epochs=1, shuffle=False).dequeue()
    words = tf.range(lengths)
    ends, batch = tf.contrib.training.bucket_by_sequence_length(
        lengths,
        {"words": words, "first": lengths + 1},
        2,
        [3, 8],
        dynamic_pad=True,
        allow_smaller_final_batch=True,
    )
    found = []
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(coord=coordinator)
        try:
            while True:
                given, rows = session.run([ends, batch["words"]])
                found.append([given.tolist(), rows.tolist()])
        except tf.errors.OutOfRangeError:
            coordinator.request_stop()
        coordinator.join(threads)
    return [sorted(found), str(ends.shape), str(batch["words"].shape)]


@program
def refusals(tf):
    one, lib = tf.constant(1), tf.contrib.training
    return [
        attempt(lambda: lib.bucket([], one, 2, 2)),
        attempt(lambda: lib.bucket([one], one, [2], 2)),
        attempt(lambda: lib.bucket([one], one, 2, 2, bucket_capacities=[3])),
        attempt(lambda: lib.bucket_by_sequence_length(one, [one], 2, 3)),
        attempt(lambda: lib.bucket_by_sequence_length(one, [one], 2, [])),
        attempt(lambda: lib.bucket_by_sequence_length(one, [one], 2, [3, 2])),
        attempt(lambda: lib.bucket_by_sequence_length(one, [one], 2, [1, 2.5])),
    ]
