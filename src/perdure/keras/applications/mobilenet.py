"""MobileNet."""

from perdure.keras.applications.package import from_package

MobileNet = from_package("mobilenet", "MobileNet")
decode_predictions = from_package("mobilenet", "decode_predictions")
preprocess_input = from_package("mobilenet", "preprocess_input")
