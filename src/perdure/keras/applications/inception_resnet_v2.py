"""InceptionResNetV2."""

from perdure.keras.applications.package import from_package

InceptionResNetV2 = from_package("inception_resnet_v2", "InceptionResNetV2")
decode_predictions = from_package("inception_resnet_v2", "decode_predictions")
preprocess_input = from_package("inception_resnet_v2", "preprocess_input")
