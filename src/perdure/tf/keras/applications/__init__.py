"""tf.keras.applications."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.applications.densenet": "DenseNet121 DenseNet169 DenseNet201",
        "keras.applications.inception_resnet_v2": "InceptionResNetV2",
        "keras.applications.inception_v3": "InceptionV3",
        "keras.applications.mobilenet": "MobileNet",
        "keras.applications.mobilenet_v2": "MobileNetV2",
        "keras.applications.nasnet": "NASNetLarge NASNetMobile",
        "keras.applications.resnet": "ResNet101 ResNet152 ResNet50",
        "keras.applications.resnet_v2": "ResNet101V2 ResNet152V2 ResNet50V2",
        "keras.applications.vgg16": "VGG16",
        "keras.applications.vgg19": "VGG19",
        "keras.applications.xception": "Xception",
    },
    submodules=(
        "densenet imagenet_utils inception_resnet_v2 inception_v3 mobilenet mobilenet_v2 "
        "nasnet resnet resnet50 resnet_v2 vgg16 vgg19 xception"
    ),
)
