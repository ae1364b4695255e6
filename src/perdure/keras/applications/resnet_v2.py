"""ResNet50V2, ResNet101V2 and ResNet152V2."""

from perdure.keras.applications.package import from_package

ResNet50V2 = from_package("resnet_v2", "ResNet50V2")
ResNet101V2 = from_package("resnet_v2", "ResNet101V2")
ResNet152V2 = from_package("resnet_v2", "ResNet152V2")
decode_predictions = from_package("resnet_v2", "decode_predictions")
preprocess_input = from_package("resnet_v2", "preprocess_input")
