"""Boxes on pictures: drawn ones, and random ones to crop a picture to."""

import numpy as np

from perdure.arrays import philox
from perdure.graph.shapes import format_shape, merge_size, with_rank, with_size
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- DrawBoundingBoxes, DrawBoundingBoxesV2 ---------------------------------------

draw_bounding_boxes = op("DrawBoundingBoxes", host=True)
draw_bounding_boxes_v2 = op("DrawBoundingBoxesV2", host=True)

# Yellow, blue, red, lime, purple, olive, maroon, navy, aqua, fuchsia.
_COLORS = np.array(
    [
        [1, 1, 0, 1],
        [0, 0, 1, 1],
        [1, 0, 0, 1],
        [0, 1, 0, 1],
        [0.5, 0, 0.5, 1],
        [0.5, 0.5, 0, 1],
        [0.5, 0, 0, 1],
        [0, 0, 0.5, 1],
        [0, 1, 1, 1],
        [1, 0, 1, 1],
    ],
    np.float32,
)


@draw_bounding_boxes.shape
@draw_bounding_boxes_v2.shape
def draw_bounding_boxes_shape(images, boxes):
    *_, depth = with_rank(images, 4)
    if depth not in (None, 1, 3, 4):
        raise ValueError("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)")
    with_size(with_rank(boxes, 3)[-1], 4)
    return images


@draw_bounding_boxes.kernel
def draw_bounding_boxes_kernel(xp, images, boxes):
    return drawn(np.asarray(images), np.asarray(boxes), colors_for(images))


def colors_for(images):
    """TensorFlow's own colors, all of them white on gray pictures."""
    return np.ones_like(_COLORS) if np.shape(images)[-1:] == (1,) else _COLORS


@draw_bounding_boxes_v2.kernel
def draw_bounding_boxes_v2_kernel(xp, images, boxes, colors):
    images, colors = np.asarray(images), np.asarray(colors)
    if colors.size == 0:
        return drawn(images, np.asarray(boxes), colors_for(images))
    if colors.ndim != 2:
        raise invalid(f"colors must be a 2-D matrix{format_shape(colors.shape)}")
    if images.ndim == 4 and colors.shape[1] < images.shape[3]:
        raise invalid(
            "colors must have equal or more channels than the image provided: "
            f"{colors.shape[1]} vs. {images.shape[3]}"
        )
    return drawn(images, np.asarray(boxes), colors)


def drawn(images, boxes, colors):
    """Pictures with the edges of boxes, given as shares of their heights and widths."""
    if images.ndim != 4:
        raise invalid("The rank of the images should be 4")
    if boxes.ndim != 3:
        raise invalid("The rank of the boxes tensor should be 3")
    if len(images) != len(boxes):
        raise invalid("The batch sizes should be the same")
    _, height, width, depth = images.shape
    if depth not in (1, 3, 4):
        raise invalid("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)")
    if boxes.shape[2] != 4:
        raise invalid("The size of the third dimension of the box must be 4")
    colors = colors[:, :depth]
    result = images.copy()
    scale = np.array([height - 1, width - 1] * 2, np.float32)
    for canvas, places in zip(result, (boxes * scale).astype(np.int64), strict=True):
        for number, (top, left, bottom, right) in enumerate(places):
            is_outside = top >= height or bottom < 0 or left >= width or right < 0
            if top > bottom or left > right or is_outside:
                continue
            color = colors[number % len(colors)]
            rows = slice(max(top, 0), min(bottom, height - 1) + 1)
            columns = slice(max(left, 0), min(right, width - 1) + 1)
            for row in (top, bottom):
                if 0 <= row < height:
                    canvas[row, columns] = color
            for column in (left, right):
                if 0 <= column < width:
                    canvas[rows, column] = color
    return result


draw_bounding_boxes.not_differentiable("TensorFlow has no gradient for it")
draw_bounding_boxes_v2.refuse_gradient()

# -- SampleDistortedBoundingBox, SampleDistortedBoundingBoxV2 ---------------------

sample_distorted_bounding_box = op("SampleDistortedBoundingBox", host=True, draws=True)
sample_distorted_bounding_box_v2 = op(
    "SampleDistortedBoundingBoxV2", host=True, draws=True, ranks={"min_object_covered": 0}
)
_FEWEST_PIXELS = 1


@sample_distorted_bounding_box.shape
@sample_distorted_bounding_box_v2.shape
def sample_distorted_bounding_box_shape(image_size, bounding_boxes):
    with_size(with_rank(image_size, 1)[0], 3)
    with_size(with_rank(bounding_boxes, 3)[-1], 4)
    return [(3,), (3,), (1, 1, 4)]


class Words:
    """The random words of a step, one after the other, as TensorFlow's SimplePhilox gives them."""

    def __init__(self, xp, key, counter):
        self._args = xp, key, counter
        self._words = np.zeros(0, np.uint32)
        self._place = 0

    def next(self):
        if self._place == len(self._words):
            xp, key, counter = self._args
            self._words = np.asarray(xp.random_words(key, counter, max(64, 4 * len(self._words))))
        self._place += 1
        return int(self._words[self._place - 1])

    def share(self):
        """A float32 in [0, 1)."""
        return philox.uniform_float32(np.array([self.next()], np.uint32))[0]

    def below(self, limit):
        """An integer in [0, limit)."""
        if limit & (limit - 1) == 0:
            return self.next() & (limit - 1) if limit else self.next() * 0
        rest = (2**32 - 1) % limit + 1
        word = self.next()
        while word < rest:
            word = self.next()
        return word % limit


def rounded(x):
    """The nearest integer, even ones of two."""
    return int(np.rint(np.float32(x)))


def random_crop(words, height, width, least_area, most_area, aspect_ratio):
    """A rectangle of this width / height: (left, top, right, bottom), or None if that did not work out."""
    f = np.float32
    aspect_ratio = f(aspect_ratio)
    if most_area <= 0 or aspect_ratio <= 0 or height <= 0 or width <= 0 or least_area > most_area:
        return None
    least = f(least_area) * f(width) * f(height)
    most = f(most_area) * f(width) * f(height)
    rows = rounded(np.sqrt(least / aspect_ratio))
    most_rows = rounded(np.sqrt(most / aspect_ratio))
    if rounded(f(most_rows) * aspect_ratio) > width:
        most_rows = int(f(f(width) + 0.5 - 1e-7) / aspect_ratio)
        if rounded(f(most_rows) * aspect_ratio) > width:
            most_rows -= 1
    most_rows = min(most_rows, height)
    rows = min(rows, most_rows)
    if rows < most_rows:
        rows += words.below(most_rows - rows + 1)
    columns = rounded(f(rows) * aspect_ratio)
    # Rounding may have led out of the range of areas by a row.
    if f(rows * columns) < least:
        rows += 1
        columns = rounded(f(rows) * aspect_ratio)
    if f(rows * columns) > most:
        rows -= 1
        columns = rounded(f(rows) * aspect_ratio)
    area = f(rows * columns)
    if area < least or area > most or columns > width or rows > height or columns <= 0 or rows <= 0:
        return None
    top = words.below(height - rows) if rows < height else 0
    left = words.below(width - columns) if columns < width else 0
    return left, top, left + columns, top + rows


def covers(crop, boxes, least_covered):
    """Whether a rectangle covers so much of one of the boxes."""
    left, top, right, bottom = crop
    if (right - left) * (bottom - top) < _FEWEST_PIXELS:
        return False
    for x0, y0, x1, y1 in boxes:
        area = np.float32((x1 - x0) * (y1 - y0))
        if area < _FEWEST_PIXELS:
            continue
        w, h = min(right, x1) - max(left, x0), min(bottom, y1) - max(top, y0)
        common = np.float32(w * h if w > 0 and h > 0 else 0)
        if common / area >= least_covered:
            return True
    return False


def sample(xp, image_size, bounding_boxes, least_covered, options, rng):
    """Begin and size of a slice, and the box itself as shares."""
    image_size, bounding_boxes = np.asarray(image_size), np.asarray(bounding_boxes)
    if image_size.ndim != 1:
        raise invalid(f"image_size must be 1-dimensional{format_shape(image_size.shape)}")
    if image_size.size != 3:
        raise invalid(f"image_size must contain 3 elements{format_shape(image_size.shape)}")
    height, width = int(image_size[0]), int(image_size[1])
    if bounding_boxes.ndim != 3:
        shape = format_shape(bounding_boxes.shape)
        raise invalid(f"input boxes must be 3-dimensional [batch, num_boxes, coords]: {shape}")
    if bounding_boxes.shape[2] != 4:
        shape = format_shape(bounding_boxes.shape)
        raise invalid(f"bounding boxes must have shape [4] or [*, 4], got {shape}")
    boxes = bounding_boxes.reshape(-1, 4)
    if not ((boxes >= 0) & (boxes <= 1)).all():
        bad = boxes[~((boxes >= 0) & (boxes <= 1))][0]
        raise invalid(f"All bounding box coordinates must be in [0.0, 1.0]: {bad:g}")
    scale = np.array([height, width] * 2, np.float32)
    places = [(x0, y0, x1, y1) for y0, x0, y1, x1 in (boxes * scale).astype(np.int32).tolist()]
    if not places:
        if not options["use_image_if_no_bounding_boxes"]:
            raise invalid(
                "No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you "
                "wish to not provide any bounding boxes."
            )
        places = [(0, 0, width, height)]
    least_ratio, most_ratio = (np.float32(each) for each in options["aspect_ratio_range"])
    least_area, most_area = (np.float32(each) for each in options["area_range"])
    words = Words(xp, *rng.reserve(options["max_attempts"]))
    crop = None
    for _ in range(options["max_attempts"]):
        ratio = words.share() * (most_ratio - least_ratio) + least_ratio
        found = random_crop(words, height, width, least_area, most_area, ratio)
        if found is not None and covers(found, places, np.float32(least_covered)):
            crop = found
            break
    left, top, right, bottom = crop or (0, 0, width, height)
    begin = np.array([top, left, 0], image_size.dtype)
    size = np.array([bottom - top, right - left, -1], np.int64).astype(image_size.dtype)
    with np.errstate(invalid="ignore"):
        box = np.array([top, left, bottom, right], np.float32) / np.array([height, width] * 2, np.float32)
    return begin, size, box.reshape(1, 1, 4)


def checked_options(aspect_ratio_range, area_range, max_attempts, use_image_if_no_bounding_boxes):
    """The attributes of both ops, if they make sense."""
    for name, values in (("Aspect ratio", aspect_ratio_range), ("Area", area_range)):
        field = "aspect_ratio_range" if name[1] == "s" else "area_range"
        if len(values) != 2:
            raise invalid(f"{field} field must specify 2 dimensions")
        if not (values[0] > 0 and values[1] > 0):
            raise invalid(f"{name} range must be positive: [{values[0]:g}, {values[1]:g}]")
        if name == "Area" and max(values) > 1:
            raise invalid(f"Area range must be less then or equal to 1.0: [{values[0]:g}, {values[1]:g}]")
    if max_attempts <= 0:
        raise invalid(f"Max attempts must be positive: {max_attempts}")
    return {
        "aspect_ratio_range": aspect_ratio_range,
        "area_range": area_range,
        "max_attempts": max_attempts,
        "use_image_if_no_bounding_boxes": use_image_if_no_bounding_boxes,
    }


@sample_distorted_bounding_box.kernel
def sample_distorted_bounding_box_kernel(
    xp,
    image_size,
    bounding_boxes,
    *,
    min_object_covered,
    aspect_ratio_range,
    area_range,
    max_attempts,
    use_image_if_no_bounding_boxes,
    rng,
):
    options = checked_options(aspect_ratio_range, area_range, max_attempts, use_image_if_no_bounding_boxes)
    return sample(xp, image_size, bounding_boxes, min_object_covered, options, rng)


@sample_distorted_bounding_box_v2.kernel
def sample_distorted_bounding_box_v2_kernel(
    xp,
    image_size,
    bounding_boxes,
    min_object_covered,
    *,
    aspect_ratio_range,
    area_range,
    max_attempts,
    use_image_if_no_bounding_boxes,
    rng,
):
    if np.ndim(min_object_covered):
        shape = format_shape(np.shape(min_object_covered))
        raise invalid(f"min_object_covered must be 0-D, got shape {shape}")
    options = checked_options(aspect_ratio_range, area_range, max_attempts, use_image_if_no_bounding_boxes)
    return sample(xp, image_size, bounding_boxes, np.asarray(min_object_covered).item(), options, rng)


sample_distorted_bounding_box.not_differentiable("draws a box")
sample_distorted_bounding_box_v2.not_differentiable("draws a box")

# -- ExtractGlimpse ---------------------------------------------------------------

extract_glimpse = op("ExtractGlimpse", host=True, static=["size"], foldable=False)


@extract_glimpse.shape
def extract_glimpse_shape(input, size, offsets, shape_of_size):
    batch, _, _, channels = with_rank(input, 4)
    with_size(with_rank(shape_of_size, 1)[0], 2)
    pictures, coordinates = with_rank(offsets, 2)
    batch = merge_size(batch, pictures)
    with_size(coordinates, 2)
    height, width = (None, None) if size is None else (int(each) for each in size)
    return (batch, height, width, channels)


@extract_glimpse.kernel
def extract_glimpse_kernel(xp, input, size, offsets, *, centered, normalized, uniform_noise, noise):
    input, offsets = np.asarray(input), np.asarray(offsets)
    if input.ndim != 4:
        raise invalid(
            f"input must be 4-dimensional (batch_size, height, width, depth){format_shape(input.shape)}"
        )
    if np.shape(size) != (2,):
        raise invalid(f"input must be a vector of size 2 (height, width){format_shape(np.shape(size))}")
    rows, columns = (int(each) for each in size)
    batch, height, width, depth = input.shape
    if offsets.ndim != 2:
        raise invalid(f"input must be a matrix{format_shape(offsets.shape)}")
    if len(offsets) != batch:
        raise invalid(f"first dimension should be batch{format_shape(offsets.shape)}")
    if offsets.shape[1] != 2:
        raise invalid(f"second dimension should be of size 2 (y,x){format_shape(offsets.shape)}")
    result = np.zeros((batch, rows, columns, depth), np.float32)
    sizes, window = np.array([height, width], np.float32), np.array([rows, columns], np.float32)
    random = np.random.default_rng()
    for picture, glimpse, at in zip(input, result, offsets.astype(np.float32), strict=True):
        if normalized:
            at = at * sizes
        if centered:
            at = at / 2 + sizes / 2
        at = at - window / 2
        top, left = (int(each) for each in at)
        y0, x0 = min(max(top, 0), height), min(max(left, 0), width)
        y1, x1 = min(max(top + rows, y0), height), min(max(left + columns, x0), width)
        if (y1 - y0, x1 - x0) != (rows, columns):
            glimpse[:] = filling(random, glimpse.shape, picture, "uniform" if uniform_noise else noise)
        glimpse[y0 - top : y1 - top, x0 - left : x1 - left] = picture[y0:y1, x0:x1]
    return result


def filling(random, shape, picture, noise):
    """What a glimpse shows beside the picture, in its range; TensorFlow draws anew in every step, too."""
    if noise == "zero" or not picture.size:
        return np.zeros(shape, np.float32)
    if noise == "gaussian":
        return random.standard_normal(shape, np.float32) * picture.std() + picture.mean()
    least, most = picture.min(), picture.max()
    return random.random(shape, np.float32) * (most - least) + least


extract_glimpse.not_differentiable("TensorFlow has no gradient for it")
