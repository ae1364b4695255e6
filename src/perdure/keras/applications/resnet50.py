"""ResNet50."""

from perdure.keras.applications.package import from_package

ResNet50 = from_package("resnet", "ResNet50")
decode_predictions = from_package("resnet", "decode_predictions")
preprocess_input = from_package("resnet", "preprocess_input")
