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

# Quality and differences.
for first, second in ((batch, batch * 0.5), (free, free * 0.5), (pixels, pixels), (free_batch, free_batch)):
    tf.image.psnr(first, second, 255)
any_batch = tf.placeholder(tf.float32, [None, None, None, None], name="any_batch")
for first, second in ((any_batch, any_batch * 0.5), (any_batch[0], any_batch)):
    tf.image.ssim(first, second, 1.0, filter_size=3)
    tf.image.ssim_multiscale(first, second, 1.0, power_factors=(0.5, 0.5), filter_size=3, filter_sigma=0.5)
for picture in (image, batch, free, free_batch):
    tf.image.total_variation(picture)
tf.image.image_gradients(free_batch)
for picture in (batch, any_batch):
    tf.image.image_gradients(picture)
    tf.image.sobel_edges(picture)

# Boxes.
boxes = tf.placeholder(tf.float32, [None, 4], name="boxes")
scores = tf.placeholder(tf.float32, [None], name="scores")
tf.image.non_max_suppression(boxes, scores, 10)
tf.image.non_max_suppression_padded(boxes, scores, 10, pad_to_max_output_size=True)
tf.image.non_max_suppression_with_scores(boxes, scores, count, 0.3, 0.2, soft_nms_sigma=0.5)
tf.image.non_max_suppression_overlaps(tf.placeholder(tf.float32, [9, 9]), scores, 5, name="overlaps")
tf.image.combined_non_max_suppression(boxes[None, :, None], scores[None, :, None], 3, 4)
tf.image.crop_and_resize(batch, boxes, tf.zeros_like(scores, tf.int32), [4, 4])
tf.image.crop_and_resize(batch, boxes, box_indices=[0], crop_size=[4, 4], method="nearest", name="cut")
tf.image.draw_bounding_boxes(batch, boxes[None])
tf.image.draw_bounding_boxes(batch, boxes[None], colors=[[1.0, 0.0, 0.0]])
tf.image.extract_glimpse(batch, [3, 3], [[0.0, 0.1], [0.2, 0.3]])
tf.image.sample_distorted_bounding_box([6, 5, 3], boxes[None])
tf.image.sample_distorted_bounding_box(
    tf.shape(image),
    boxes[None],
    seed=3,
    seed2=4,
    min_object_covered=0.5,
    aspect_ratio_range=[0.5, 2.0],
    area_range=[0.1, 0.9],
    max_attempts=20,
    use_image_if_no_bounding_boxes=True,
    name="distorted",
)
image_ops_impl.sample_distorted_bounding_box_v2([6, 5, 3], boxes[None], seed=9)
tf.image.extract_patches(batch, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID", name="patches")
tf.image.extract_image_patches(batch, [1, 3, 3, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME")

# Gradients.
tf.gradients(tf.image.crop_and_resize(batch, boxes, [0], [4, 4]), [batch, boxes])
tf.gradients(tf.image.crop_and_resize(free_batch, boxes, [0], [4, 4], "nearest"), [free_batch])
tf.gradients(tf.image.ssim(any_batch, any_batch * 0.5, 1.0, filter_size=3), any_batch)
tf.gradients(tf.image.total_variation(batch), batch)
tf.gradients(tf.image.sobel_edges(batch), batch)
for method in (0, 1, 2):
    tf.gradients(tf.image.resize_images(image, [3, 4], method), image)
    tf.gradients(tf.image.resize_images(free, [3, 4], method, align_corners=True), free)
tf.gradients(image_ops_impl.resize_images_v2(image, [3, 4], "lanczos3"), image)
tf.gradients(tf.image.rgb_to_hsv(image), image)
tf.gradients(tf.image.resize_image_with_crop_or_pad(free, 4, 9), free)
tf.gradients(tf.image.random_flip_left_right(free), free)
tf.gradients(tf.image.random_flip_left_right(batch), batch)
tf.gradients(tf.image.per_image_standardization(image), image)
