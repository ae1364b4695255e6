"""tf.image: flips, turns, crops, sizes, colors, with known and unknown shapes, seeds and gradients."""

import tensorflow as tf
from tensorflow.python.ops import image_ops_impl

tf.set_random_seed(7)
image = tf.placeholder(tf.float32, [6, 5, 3], name="image")
batch = tf.placeholder(tf.float32, [2, 6, 5, 3], name="batch")
free = tf.placeholder(tf.float32, [None, None, 3], name="free")
free_batch = tf.placeholder(tf.float32, [None, None, None, 3], name="free_batch")
pixels = tf.placeholder(tf.uint8, [6, 5, 3], name="pixels")
unknown = tf.placeholder(tf.float32, None, name="unknown")
count = tf.placeholder(tf.int32, [], name="count")

# Flips and turns.
for picture in (image, batch, free, free_batch, unknown):
    tf.image.flip_left_right(picture)
    tf.image.flip_up_down(picture)
    tf.image.random_flip_left_right(picture)
    tf.image.random_flip_up_down(picture, seed=3)
    tf.image.transpose_image(picture)
for picture in (image, batch, free, free_batch):
    tf.image.rot90(picture)
tf.image.rot90(image, k=count, name="turned")
tf.image.transpose(image, name="swapped")

# Crops and borders.
for picture in (image, batch, free, free_batch):
    tf.image.central_crop(picture, 0.5)
    tf.image.central_crop(picture, 1.0)
    tf.image.pad_to_bounding_box(picture, 1, 2, 9, 8)
    tf.image.crop_to_bounding_box(picture, 1, 2, 3, 2)
    tf.image.resize_image_with_crop_or_pad(picture, 4, 9)
    tf.image.resize_image_with_pad(picture, 7, 12)
tf.image.central_crop(tf.placeholder(tf.float32, [None, 5, 3]), 0.3)
tf.image.pad_to_bounding_box(unknown, 1, 2, 9, 8)
tf.image.crop_to_bounding_box(unknown, 1, 2, 3, 2)
tf.image.resize_image_with_crop_or_pad(unknown, 4, 9)
tf.image.pad_to_bounding_box(image, count, count, 12, count)
tf.image.crop_to_bounding_box(free, count, 0, count, 2)
tf.image.resize_image_with_crop_or_pad(image, count, 9)
tf.image.resize_with_crop_or_pad(free, count, count)
tf.image.resize_image_with_pad(free, count, 7, tf.image.ResizeMethod.NEAREST_NEIGHBOR, True)
tf.image.random_crop(image, [3, 3, 3])
tf.random_crop(free, [3, 3, 3], seed=5)

# Sizes.
for method in (tf.image.ResizeMethod.BILINEAR, 1, 2, 3, "bilinear", "nearest", "bicubic", "area"):
    tf.image.resize_images(image, [3, 4], method)
    tf.image.resize(free_batch, tf.stack([count, count]), method, align_corners=True)
tf.image.resize_images(image, [6, 5])
tf.image.resize_images(batch, [6, 5], name="same")
tf.image.resize_images(free, [12, 9], preserve_aspect_ratio=True)
tf.image.resize_images(image, [12, 9], preserve_aspect_ratio=True)
tf.image.resize_images(pixels, [3, 9], tf.image.ResizeMethod.AREA)
tf.image.resize_bilinear(batch, [3, 3], half_pixel_centers=True)
tf.image.resize_nearest_neighbor(batch, [3, 3], half_pixel_centers=True, name="nearest")
tf.image.resize_bicubic(batch, [3, 3], half_pixel_centers=True)
tf.image.resize_area(batch, [3, 3], align_corners=True)
for method in ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"):
    for antialias in (False, True):
        image_ops_impl.resize_images_v2(image, [3, 4], method, antialias=antialias)
image_ops_impl.resize_images_v2(free_batch, [6, 5], preserve_aspect_ratio=True)
image_ops_impl.resize_image_with_pad_v2(image, 7, 12, antialias=True)

# Types and colors.
types = (tf.uint8, tf.uint16, tf.int16, tf.int32, tf.float16, tf.float32, tf.float64)
for source in types:
    for target in types:
        tf.image.convert_image_dtype(tf.placeholder(source, [2, 2, 1]), target)
tf.image.convert_image_dtype(image, tf.uint8, saturate=True, name="bytes")
tf.image.convert_image_dtype(tf.placeholder(tf.int32, [2, 2, 1]), tf.int64, saturate=True)
for picture in (image, pixels, free):
    tf.image.per_image_standardization(picture)
    tf.image.adjust_brightness(picture, 0.1)
    tf.image.adjust_contrast(picture, 2.0)
    tf.image.adjust_hue(picture, 0.2)
    tf.image.adjust_saturation(picture, 1.5)
    tf.image.adjust_gamma(picture, 0.5, 2)
    tf.image.rgb_to_grayscale(picture)
    tf.image.random_brightness(picture, 0.3)
    tf.image.random_contrast(picture, 0.3, 1.2, seed=2)
    tf.image.random_hue(picture, 0.3)
    tf.image.random_saturation(picture, 0.3, 1.2)
tf.image.adjust_gamma(image, tf.constant(0.5))
tf.image.adjust_hue(image, 0.1, name="hue")
for gray in (tf.placeholder(tf.float32, [4, 4, 1]), tf.placeholder(tf.uint8, [None, 4, None]), unknown):
    tf.image.grayscale_to_rgb(gray)
tf.image.rgb_to_hsv(image, name="hsv")
tf.image.hsv_to_rgb(image)
for convert in (tf.image.rgb_to_yiq, tf.image.yiq_to_rgb, tf.image.rgb_to_yuv, tf.image.yuv_to_rgb):
    convert(image)
    convert(free)

# Files.
contents = tf.placeholder(tf.string, [], name="contents")
tf.image.decode_image(contents)
tf.image.decode_image(contents, channels=3, dtype=tf.float32, expand_animations=False, name="first")
tf.image.decode_image(contents, channels=1, dtype=tf.uint16)
tf.io.decode_image(contents, channels=0)
tf.image.decode_jpeg(contents, channels=3, ratio=2, dct_method="INTEGER_ACCURATE")
tf.image.decode_and_crop_jpeg(contents, [1, 2, 3, 4], channels=3)
tf.image.decode_png(contents, dtype=tf.uint16)
tf.image.decode_gif(contents)
tf.image.decode_bmp(contents, channels=3)
tf.image.extract_jpeg_shape(contents, output_type=tf.int64)
tf.image.is_jpeg(contents)
tf.io.is_jpeg(contents, name="begins")
tf.image.encode_jpeg(pixels, quality=80, xmp_metadata="none")
tf.image.encode_png(pixels, compression=3)
tf.image.adjust_jpeg_quality(image, 70)
tf.image.adjust_jpeg_quality(pixels, tf.constant(70), name="worse")
tf.image.random_jpeg_quality(image, 70, 90)
tf.image.random_jpeg_quality(pixels, 70, 90, seed=8)

# Gradients.
for method in (0, 1, 2):
    tf.gradients(tf.image.resize_images(image, [3, 4], method), image)
    tf.gradients(tf.image.resize_images(free, [3, 4], method, align_corners=True), free)
tf.gradients(image_ops_impl.resize_images_v2(image, [3, 4], "lanczos3"), image)
tf.gradients(tf.image.rgb_to_hsv(image), image)
tf.gradients(tf.image.resize_image_with_crop_or_pad(free, 4, 9), free)
tf.gradients(tf.image.random_flip_left_right(free), free)
tf.gradients(tf.image.random_flip_left_right(batch), batch)
tf.gradients(tf.image.per_image_standardization(image), image)
