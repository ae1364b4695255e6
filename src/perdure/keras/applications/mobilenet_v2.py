"""MobileNetV2."""

from perdure.keras.applications.package import from_package

MobileNetV2 = from_package("mobilenet_v2", "MobileNetV2")
decode_predictions = from_package("mobilenet_v2", "decode_predictions")
preprocess_input = from_package("mobilenet_v2", "preprocess_input")
