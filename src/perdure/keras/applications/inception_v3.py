"""InceptionV3."""

from perdure.keras.applications.package import from_package

InceptionV3 = from_package("inception_v3", "InceptionV3")
decode_predictions = from_package("inception_v3", "decode_predictions")
preprocess_input = from_package("inception_v3", "preprocess_input")
