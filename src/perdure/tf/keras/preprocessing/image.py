"""tf.keras.preprocessing.image."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.preprocessing.image": (
            "DirectoryIterator ImageDataGenerator Iterator NumpyArrayIterator "
            "apply_affine_transform apply_brightness_shift apply_channel_shift array_to_img "
            "img_to_array load_img random_brightness random_channel_shift random_rotation "
            "random_shear random_shift random_zoom save_img"
        ),
    },
)
