"""Xception."""

from perdure.keras.applications.package import from_package

Xception = from_package("xception", "Xception")
decode_predictions = from_package("xception", "decode_predictions")
preprocess_input = from_package("xception", "preprocess_input")
