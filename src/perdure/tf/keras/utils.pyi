# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.utils".

from perdure.keras.utils.arrays import normalize as normalize
from perdure.keras.utils.arrays import to_categorical as to_categorical
from perdure.keras.utils.files import get_file as get_file
from perdure.keras.utils.matrix import HDF5Matrix as HDF5Matrix
from perdure.keras.utils.multi_gpu import multi_gpu_model as multi_gpu_model
from perdure.keras.utils.objects import CustomObjectScope as CustomObjectScope
from perdure.keras.utils.objects import custom_object_scope as custom_object_scope
from perdure.keras.utils.objects import deserialize_keras_object as deserialize_keras_object
from perdure.keras.utils.objects import get_custom_objects as get_custom_objects
from perdure.keras.utils.objects import serialize_keras_object as serialize_keras_object
from perdure.keras.utils.progress import Progbar as Progbar
from perdure.keras.utils.sequences import GeneratorEnqueuer as GeneratorEnqueuer
from perdure.keras.utils.sequences import OrderedEnqueuer as OrderedEnqueuer
from perdure.keras.utils.sequences import Sequence as Sequence
from perdure.keras.utils.sequences import SequenceEnqueuer as SequenceEnqueuer
from perdure.keras.utils.sources import convert_all_kernels_in_model as convert_all_kernels_in_model
from perdure.keras.utils.sources import get_source_inputs as get_source_inputs
