# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.python_io".

from perdure.filesystem.tf_record import TFRecordCompressionType as TFRecordCompressionType
from perdure.filesystem.tf_record import TFRecordOptions as TFRecordOptions
from perdure.filesystem.tf_record import TFRecordWriter as TFRecordWriter
from perdure.filesystem.tf_record import tf_record_iterator as tf_record_iterator
