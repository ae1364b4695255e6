"""The gradient of RGBToHSV.

Which color of a pixel is the largest and which the smallest decides the formula; the formulas of all cases
are added up, each times the marks (0 or 1) of its case.  Of equal colors the first one counts.
"""

from typing import Any, NamedTuple


class Color(NamedTuple):
    """A channel: its values, and marks of the pixels in which it is the largest and the smallest."""

    values: Any
    biggest: Any
    smallest: Any


def hsv_gradient(g, d_output, images, output):
    """The gradient for `images`, of d_output for `output`, (..., hue saturation value)."""
    reds, greens, blues = (images[..., i] for i in range(3))
    saturation, value = output[..., 1], output[..., 2]

    def number(condition):
        return g.cast(condition, "float32")

    biggest = [
        number((reds >= blues) & (reds >= greens)),
        number((greens > reds) & (greens >= blues)),
        number((blues > reds) & (blues > greens)),
    ]
    smallest = [
        number((reds < blues) & (reds < greens)),
        number((greens <= reds) & (greens < blues)),
        number((blues <= reds) & (blues <= greens)),
    ]
    colors = [Color(*each) for each in zip((reds, greens, blues), biggest, smallest, strict=True)]
    red, green, blue = colors

    def over(x):
        return g.div_no_nan(1.0, x)

    def of_saturation(own, first, second):
        is_some = number(own.values > 0)
        others = g.add(first.smallest * first.values, second.smallest * second.values)
        as_biggest = own.biggest * others * over(g.square(own.values))
        as_smallest = own.smallest * -1
        as_smallest *= over((first.biggest * first.values) + (second.biggest * second.values))
        return is_some * g.add(as_biggest, as_smallest)

    def degrees(largest, mark=None, negative=False, above=None, below=None, squares=()):
        """60 * marks * above / below, `above` and `below` being differences of two colors."""
        term = number(largest.values > 0) * largest.biggest
        if mark is not None:
            term *= mark
        if negative:
            term *= -1
        if above:
            term *= above[0].values - above[1].values
        for each in squares:
            term *= over(g.square(each))
        if below:
            difference = below[0].values - below[1].values
            term *= over(g.square(difference) if above else difference)
        return 60 * term

    whole = {"negative": True, "squares": (saturation, value)}
    d_saturation = [
        of_saturation(red, green, blue), of_saturation(green, red, blue), of_saturation(blue, green, red)
    ]  # fmt: skip
    d_hue = []
    for terms in (
        (
            lambda: degrees(red, above=(green, blue), **whole),
            lambda: degrees(green, red.smallest, above=(blue, green), below=(red, green)),
            lambda: degrees(green, blue.smallest, negative=True, below=(green, blue)),
            lambda: degrees(blue, red.smallest, above=(blue, green), below=(blue, red)),
            lambda: degrees(blue, green.smallest, below=(blue, green)),
        ),
        (
            lambda: degrees(green, above=(blue, red), **whole),
            lambda: degrees(red, green.smallest, above=(red, blue), below=(red, green)),
            lambda: degrees(red, blue.smallest, below=(red, blue)),
            lambda: degrees(blue, green.smallest, above=(red, blue), below=(blue, green)),
            lambda: degrees(blue, red.smallest, negative=True, below=(blue, red)),
        ),
        (
            lambda: degrees(blue, above=(red, green), **whole),
            lambda: degrees(red, blue.smallest, above=(green, red), below=(red, blue)),
            lambda: degrees(red, green.smallest, negative=True, below=(red, green)),
            lambda: degrees(green, blue.smallest, above=(green, red), below=(green, blue)),
            lambda: degrees(green, red.smallest, below=(green, red)),
        ),
    ):
        first, *rest = [term() for term in terms]
        for term in rest:
            first += term
        d_hue.append(first / 360)
    parts = [
        g.stack([d_output[..., place] * each for each in shares], axis=-1)
        for place, shares in ((2, biggest), (1, d_saturation), (0, d_hue))
    ]
    return g.add(g.add(parts[0], parts[1]), parts[2])
