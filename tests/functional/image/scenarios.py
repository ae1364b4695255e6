"""Values of tf.image: what is deterministic, and what is drawn with seeds in several steps."""

import numpy as np

SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def named(steps):
    """Arrays of several steps by step and place."""
    return {"%d %d" % (i, j): value for i, values in enumerate(steps) for j, value in enumerate(values)}


def picture(*shape):
    return np.random.RandomState(len(shape)).uniform(0, 1, shape).astype("f4")


def pixels(*shape):
    return np.random.RandomState(len(shape)).randint(0, 256, shape).astype("u1")


def run(tf, *tensors):
    with tf.Session() as session:
        return named([session.run(list(tensors))])


@scenario
def flips_and_turns(tf):
    one, some = tf.constant(pixels(2, 3, 1)), tf.constant(pixels(2, 2, 3, 1))
    made = []
    for x in (one, some):
        made += [tf.image.flip_left_right(x), tf.image.flip_up_down(x), tf.image.transpose_image(x)]
        made += [tf.image.rot90(x, k) for k in (-1, 0, 1, 2, 3, 5)]
    return run(tf, *made)


@scenario
def random_flips(tf):
    tf.set_random_seed(42)
    one, some = tf.constant(pixels(2, 3, 1)), tf.constant(pixels(5, 2, 3, 1))
    made = [
        tf.image.random_flip_left_right(one),
        tf.image.random_flip_up_down(one, seed=3),
        tf.image.random_flip_left_right(some),
        tf.image.random_flip_up_down(some, seed=9),
    ]
    with tf.Session() as session:
        return named([session.run(made) for _ in range(6)])


@scenario
def random_adjustments(tf):
    tf.set_random_seed(3)
    one = tf.constant(picture(2, 3, 3))
    made = [
        tf.image.random_brightness(one, 0.4),
        tf.image.random_contrast(one, 0.2, 1.8, seed=1),
        tf.image.random_hue(one, 0.3),
        tf.image.random_saturation(one, 0.1, 1.9, seed=2),
        tf.image.random_crop(one, [1, 2, 3], seed=7),
        tf.image.random_crop(one, [2, 1, 2]),
    ]
    with tf.Session() as session:
        return named([session.run(made) for _ in range(4)])


@scenario
def adjustments(tf):
    made = []
    for x in (tf.constant(picture(2, 3, 3)), tf.constant(pixels(2, 3, 3)), tf.constant(picture(2, 2, 3, 3))):
        made += [
            tf.image.adjust_brightness(x, 0.3),
            tf.image.adjust_contrast(x, 0.4),
            tf.image.adjust_contrast(x, 3.0),
            tf.image.adjust_gamma(x, 0.5, 2),
            tf.image.adjust_gamma(x, 2),
            tf.image.adjust_hue(x, -0.3),
            tf.image.adjust_hue(x, 0.9),
            tf.image.adjust_saturation(x, 0.0),
            tf.image.adjust_saturation(x, 2.5),
            tf.image.rgb_to_grayscale(x),
            tf.image.per_image_standardization(x),
        ]
    return run(tf, *made)


@scenario
def colors(tf):
    x = tf.constant(picture(2, 3, 3))
    made = [
        getattr(tf.image, name)(x)
        for name in ("rgb_to_hsv", "hsv_to_rgb", "rgb_to_yiq", "yiq_to_rgb", "rgb_to_yuv", "yuv_to_rgb")
    ]
    made += [
        tf.image.grayscale_to_rgb(x[..., :1]),
        tf.image.grayscale_to_rgb(tf.constant(pixels(2, 2, 1, 1))),
    ]
    made.append(tf.gradients(tf.image.rgb_to_hsv(x) * picture(2, 3, 3)[::-1], x)[0])
    return run(tf, *made)


@scenario
def types(tf):
    values = {
        "uint8": [0, 1, 127, 128, 255],
        "int16": [-32767, -1, 0, 1, 32767],
        "uint16": [0, 255, 256, 65535],
        "int32": [0, 2**30, 2**31 - 1],
        "float32": [0, 0.2, 0.5, 0.99999, 1.0],
        "float64": [0, 0.3, 1.0],
    }
    made = []
    for source, numbers in sorted(values.items()):
        for target in sorted(values):
            x = tf.constant(np.array(numbers, source))
            made.append(tf.image.convert_image_dtype(x, target, saturate="float" in source))
    return run(tf, *made)


@scenario
def crops_and_borders(tf):
    made = []
    for x in (
        tf.constant(pixels(5, 4, 1)),
        tf.constant(pixels(2, 5, 4, 1)),
        tf.placeholder_with_default(pixels(5, 4, 1), [None] * 3),
    ):
        made += [
            tf.image.central_crop(x, 0.5),
            tf.image.central_crop(x, 0.34),
            tf.image.pad_to_bounding_box(x, 1, 2, 8, 7),
            tf.image.crop_to_bounding_box(x, 1, 2, 3, 2),
            tf.image.resize_image_with_crop_or_pad(x, 3, 6),
            tf.image.resize_image_with_crop_or_pad(x, 8, 3),
            tf.image.resize_image_with_crop_or_pad(x, 5, 4),
            tf.image.resize_image_with_pad(x, 6, 9),
            tf.image.resize_image_with_pad(x, 3, 3, 1),
        ]
    return run(tf, *made)


@scenario
def sizes(tf):
    made = []
    for x in (tf.constant(picture(5, 4, 2)), tf.constant(pixels(1, 5, 4, 1))):
        for method in range(4):
            for align in (False, True):
                made.append(tf.image.resize_images(x, [3, 7], method, align_corners=align))
        made += [
            tf.image.resize_images(x, [10, 10], preserve_aspect_ratio=True),
            tf.image.resize_images(x, [5, 4]),
        ]
    return run(tf, *made)


@scenario
def sizes_of_version_2(tf):
    from tensorflow.python.ops import image_ops_impl

    x, made = tf.constant(picture(6, 5, 2)), []
    for method in (
        "bilinear",
        "nearest",
        "bicubic",
        "area",
        "lanczos3",
        "lanczos5",
        "gaussian",
        "mitchellcubic",
    ):
        for antialias in (False, True):
            made.append(image_ops_impl.resize_images_v2(x, [3, 8], method, antialias=antialias))
    made.append(image_ops_impl.resize_image_with_pad_v2(x, 4, 9, antialias=True))
    return run(tf, *made)


@scenario
def quality(tf):
    noise = np.random.RandomState(9).uniform(-0.1, 0.1, (2, 24, 26, 3)).astype("f4")
    clean = np.tile(np.linspace(0, 1, 26, dtype="f4")[None, None, :, None], (2, 24, 1, 3))
    x, y = tf.constant(clean), tf.constant(np.clip(clean + noise, 0, 1))
    bytes_x, bytes_y = (tf.image.convert_image_dtype(each, tf.uint8) for each in (x, y))
    made = [
        tf.image.psnr(x, y, 1.0),
        tf.image.psnr(bytes_x, bytes_y, 255),
        tf.image.ssim(x, y, 1.0),
        tf.image.ssim(bytes_x, bytes_y, 255),
        tf.image.ssim(x[0], y[0], 1.0, 7, 1.0, 0.02, 0.05),
        tf.image.ssim_multiscale(x, y, 1.0, (0.3, 0.4), 7),
        tf.image.ssim(x, x, 1.0),
        tf.image.total_variation(y),
        tf.image.total_variation(y[0]),
        tf.gradients(tf.image.ssim(x, y, 1.0), y)[0][0, ::7, ::7],
    ]
    made += [tf.image.image_gradients(y[:, :3, :4])[i] for i in (0, 1)]
    made.append(tf.image.sobel_edges(y[:, :4, :4]))
    return run(tf, *made)


@scenario
def boxes(tf):
    x = tf.constant(picture(2, 6, 7, 2))
    places = tf.constant([[0, 0, 1, 1], [0.2, 0.7, 0.9, 0.1], [-0.2, 0.3, 0.5, 1.2]], tf.float32)
    which = tf.constant([0, 1, 1])
    crops = tf.image.crop_and_resize(x, places, which, [3, 4], extrapolation_value=0.5)
    near = tf.image.crop_and_resize(x, places, box_indices=which, crop_size=[2, 2], method="nearest")
    made = [crops, near, *tf.gradients(crops * picture(3, 3, 4, 2), [x, places]), tf.gradients(near, x)[0]]
    rows = np.random.RandomState(4).uniform(0, 1, (30, 4)).astype("f4")
    scores = np.random.RandomState(5).randint(0, 9, 30).astype("f4") / 10
    made += [
        tf.image.non_max_suppression(rows, scores, most, share)
        for most, share in ((5, 0.5), (30, 0.1), (9, 1.0))
    ]
    made += tf.image.non_max_suppression_with_scores(rows, scores, 20, 0.9, 0.1, soft_nms_sigma=0.4)
    made += tf.image.non_max_suppression_padded(rows, scores, 40, 0.4, pad_to_max_output_size=True)
    made += tf.image.combined_non_max_suppression(
        rows.reshape(2, 15, 1, 4),
        np.random.RandomState(6).uniform(0, 1, (2, 15, 3)).astype("f4"),
        2,
        10,
        0.3,
        0.2,
        pad_per_class=True,
    )
    return run(tf, *made)


@scenario
def random_boxes(tf):
    tf.set_random_seed(8)
    begin, size, box = tf.image.sample_distorted_bounding_box(
        [40, 60, 3], [[[0.2, 0.3, 0.7, 0.8]]], seed=5, min_object_covered=0.4, area_range=[0.2, 0.9]
    )
    cut = tf.shape(tf.slice(tf.zeros([40, 60, 3]), begin, size))
    with tf.Session() as session:
        return named([session.run([begin, size, box, cut]) for _ in range(10)])
