"""tf.io: files, queues, and what is in serialized messages and text."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "filesystem.tf_record": ("TFRecordCompressionType TFRecordOptions TFRecordWriter tf_record_iterator"),
        "functional.files.files": "matching_files read_file write_file",
        "functional.parsing.csv": "decode_csv",
        "functional.parsing.examples": "decode_json_example parse_example parse_single_example",
        "functional.parsing.features": "FixedLenFeature FixedLenSequenceFeature SparseFeature VarLenFeature",
        "functional.parsing.raw": "decode_compressed decode_raw",
        "interchange.graph_io": "write_graph",
        "queues.input": "match_filenames_once",
        "queues.queues": "PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
    },
    submodules="gfile",
)
