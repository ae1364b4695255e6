"""VGG16."""

from perdure.keras.applications.package import from_package

VGG16 = from_package("vgg16", "VGG16")
decode_predictions = from_package("vgg16", "decode_predictions")
preprocess_input = from_package("vgg16", "preprocess_input")
