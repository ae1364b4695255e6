"""tf.io: files, and queues."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "filesystem.tf_record": ("TFRecordCompressionType TFRecordOptions TFRecordWriter tf_record_iterator"),
        "functional.files.files": "matching_files read_file write_file",
        "functional.strings.encoding": "decode_base64 encode_base64",
        "interchange.graph_io": "write_graph",
        "queues.input": "match_filenames_once",
        "queues.queues": "PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
    },
    submodules="gfile",
)
