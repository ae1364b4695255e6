"""DenseNet121, DenseNet169 and DenseNet201."""

from perdure.keras.applications.package import from_package

DenseNet121 = from_package("densenet", "DenseNet121")
DenseNet169 = from_package("densenet", "DenseNet169")
DenseNet201 = from_package("densenet", "DenseNet201")
decode_predictions = from_package("densenet", "decode_predictions")
preprocess_input = from_package("densenet", "preprocess_input")
