"""NASNetLarge and NASNetMobile."""

from perdure.keras.applications.package import from_package

NASNetLarge = from_package("nasnet", "NASNetLarge")
NASNetMobile = from_package("nasnet", "NASNetMobile")
decode_predictions = from_package("nasnet", "decode_predictions")
preprocess_input = from_package("nasnet", "preprocess_input")
