"""tf.contrib.summary: writers, and summaries that operations write, recorded always, never and by default."""

import tensorflow as tf

summary = tf.contrib.summary
tf.train.create_global_step()
writer = summary.create_file_writer("/logs", flush_millis=1000)
x = tf.placeholder(tf.float32, [2, 2], name="x")
with writer.as_default(), summary.always_record_summaries():
    summary.scalar("loss", tf.reduce_mean(x))
    with tf.name_scope("layer"):
        summary.histogram("of it", x, family="family", step=5)
        summary.image("image", x[tf.newaxis, :, :, tf.newaxis])
        summary.audio("audio", x, 8000.0, 2)
    summary.generic("tensor", x, metadata=tf.SummaryMetadata(display_name="D"))
    with summary.never_record_summaries():
        summary.scalar("never", 1.0)
    summary.graph(tf.placeholder(tf.string, []))
    summary.import_event(tf.constant(""))
    summary.flush()
with writer.as_default():
    summary.scalar("unsaid", 1.0)
summary.scalar("nowhere", 1.0)
summary.create_file_writer("/logs", max_queue=tf.constant(3), filename_suffix=".x", name="named").close()
