"""VGG19."""

from perdure.keras.applications.package import from_package

VGG19 = from_package("vgg19", "VGG19")
decode_predictions = from_package("vgg19", "decode_predictions")
preprocess_input = from_package("vgg19", "preprocess_input")
