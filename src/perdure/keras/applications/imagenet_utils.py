"""What the networks that know ImageNet's classes have in common."""

from perdure.keras.applications.package import from_package

decode_predictions = from_package("imagenet_utils", "decode_predictions")
preprocess_input = from_package("imagenet_utils", "preprocess_input")
