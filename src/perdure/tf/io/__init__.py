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
        "functional.parsing.sequences": "parse_sequence_example parse_single_sequence_example",
        "functional.parsing.tensors": "parse_tensor serialize_tensor",
        "functional.sparse.serializing": "deserialize_many_sparse serialize_many_sparse serialize_sparse",
        "functional.strings.encoding": "decode_base64 encode_base64",
        "functional.image.files": (
            "decode_and_crop_jpeg decode_bmp decode_gif decode_image decode_jpeg decode_png encode_jpeg "
            "extract_jpeg_shape is_jpeg"
        ),
        "interchange.graph_io": "write_graph",
        "queues.input": "match_filenames_once",
        "queues.queues": "PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
    },
    submodules="gfile",
)
