"""tf.io: files, and queues."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "filesystem.tf_record": ("TFRecordCompressionType TFRecordOptions TFRecordWriter tf_record_iterator"),
        "functional.files.files": "matching_files read_file write_file",
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
