# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.data".

from perdure.data.dataset import DatasetSpec as DatasetSpec
from perdure.data.dataset_v1 import Dataset as Dataset
from perdure.data.dataset_v1 import make_initializable_iterator as make_initializable_iterator
from perdure.data.dataset_v1 import make_one_shot_iterator as make_one_shot_iterator
from perdure.data.iterators import Iterator as Iterator
from perdure.data.options_of_datasets import Options as Options
from perdure.data.readers import FixedLengthRecordDataset as FixedLengthRecordDataset
from perdure.data.readers import TFRecordDataset as TFRecordDataset
from perdure.data.readers import TextLineDataset as TextLineDataset
from perdure.tf.data import experimental as experimental
import perdure.data.dataset
get_output_classes = perdure.data.dataset.get_legacy_output_classes
get_output_shapes = perdure.data.dataset.get_legacy_output_shapes
get_output_types = perdure.data.dataset.get_legacy_output_types
