"""tf.python_io: record files."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "filesystem.tf_record": ("TFRecordCompressionType TFRecordOptions TFRecordWriter tf_record_iterator"),
    },
)
