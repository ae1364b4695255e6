# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.saved_model.signature_def_utils".

from perdure.saved_model.signatures import build_signature_def as build_signature_def
from perdure.saved_model.signatures import classification_signature_def as classification_signature_def
from perdure.saved_model.signatures import is_valid_signature as is_valid_signature
from perdure.saved_model.signatures import predict_signature_def as predict_signature_def
from perdure.saved_model.signatures import regression_signature_def as regression_signature_def
