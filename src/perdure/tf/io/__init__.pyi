# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.io".

from perdure.filesystem.tf_record import TFRecordCompressionType as TFRecordCompressionType
from perdure.filesystem.tf_record import TFRecordOptions as TFRecordOptions
from perdure.filesystem.tf_record import TFRecordWriter as TFRecordWriter
from perdure.filesystem.tf_record import tf_record_iterator as tf_record_iterator
from perdure.functional.files.files import matching_files as matching_files
from perdure.functional.files.files import read_file as read_file
from perdure.functional.files.files import write_file as write_file
from perdure.functional.image.files import decode_and_crop_jpeg as decode_and_crop_jpeg
from perdure.functional.image.files import decode_bmp as decode_bmp
from perdure.functional.image.files import decode_gif as decode_gif
from perdure.functional.image.files import decode_image as decode_image
from perdure.functional.image.files import decode_jpeg as decode_jpeg
from perdure.functional.image.files import decode_png as decode_png
from perdure.functional.image.files import encode_jpeg as encode_jpeg
from perdure.functional.image.files import extract_jpeg_shape as extract_jpeg_shape
from perdure.functional.image.files import is_jpeg as is_jpeg
from perdure.functional.strings.encoding import decode_base64 as decode_base64
from perdure.functional.strings.encoding import encode_base64 as encode_base64
from perdure.interchange.graph_io import write_graph as write_graph
from perdure.queues.input import match_filenames_once as match_filenames_once
from perdure.queues.queues import PaddingFIFOQueue as PaddingFIFOQueue
from perdure.queues.queues import PriorityQueue as PriorityQueue
from perdure.queues.queues import QueueBase as QueueBase
from perdure.queues.queues import RandomShuffleQueue as RandomShuffleQueue
from perdure.tf.io import gfile as gfile
