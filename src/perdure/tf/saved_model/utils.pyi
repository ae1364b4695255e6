# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.saved_model.utils".

from perdure.saved_model.tensor_info import build_tensor_info as build_tensor_info
from perdure.saved_model.tensor_info import get_tensor_from_tensor_info as get_tensor_from_tensor_info
