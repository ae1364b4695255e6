"""Graphs drawn for notebooks."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from perdure import tf
from perdure.drawing.layers import in_layers
from tests.drawing import browser


def small_network():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 8], name="x")
        labels = tf.placeholder(tf.int64, [None], name="labels")
        hidden = tf.layers.dense(x, 16, tf.nn.relu, name="hidden")
        logits = tf.layers.dense(hidden, 3, name="logits")
        with tf.name_scope("loss"):
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            )
        tf.train.AdamOptimizer().minimize(loss)
    return graph


def drawn(html):
    """The SVG of a page, its boxes by name, and how many arrows it has."""
    (text,) = re.findall("<svg.*</svg>", html, re.S)
    svg = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    boxes = {}
    for group in svg.iter(f"{space}g"):
        rect = group.find(f"{space}rect").attrib
        x, y, width, height = (float(rect[name]) for name in ("x", "y", "width", "height"))
        boxes[group.find(f"{space}title").text.split(":")[0]] = (x, y, x + width, y + height)
    return svg, boxes, sum("marker-end" in path.attrib for path in svg.iter(f"{space}path"))


def test_a_network():
    """Scopes are boxes from top to bottom; variables, inputs and types are listed."""
    html = small_network()._repr_html_()
    svg, boxes, arrows = drawn(html)
    assert set(boxes) == {"x", "labels", "hidden", "logits", "loss", "gradients", "Adam"} and arrows == 6
    below = [boxes[name][1] for name in ("x", "hidden", "logits", "loss", "gradients", "Adam")]
    assert below == sorted(set(below))
    assert "Not drawn: beta1_power, beta2_power" in html
    assert "14 variables with" in html and "<td>hidden/kernel</td><td>float32</td><td>[8, 16]</td>" in html
    assert "<td>labels</td><td>int64</td><td>[?]</td>" in html
    assert "<summary>hidden/ (" in html


def test_boxes_do_not_overlap():
    """Neither in a network nor in a chain with many side branches."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [4], name="x")
        total = x
        for i in range(30):
            with tf.name_scope(f"part{i}"):
                total = tf.add_n([total, tf.sin(x), tf.square(x)])
    for html in (small_network()._repr_html_(), graph._repr_html_()):
        _, boxes, _ = drawn(html)
        places = list(boxes.values())
        assert all(
            a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            for i, a in enumerate(places) for b in places[:i]
        )  # fmt: skip


def test_large_graphs_are_cut_short():
    """Forty boxes are drawn; what is not drawn is named."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [4], name="x")
        for i in range(100):
            with tf.name_scope(f"part{i}"):
                x = tf.sin(tf.square(x))
    html = graph._repr_html_()
    assert len(drawn(html)[1]) == 40
    assert "Not drawn: " in html and "and 53 more" in html
    assert len(html) < 100_000


def test_one_scope_is_opened():
    """A model that is one scope is drawn by what is in it."""
    with tf.Graph().as_default() as graph, tf.name_scope("model"):
        x = tf.placeholder(tf.float32, [2], name="x")
        with tf.name_scope("inner"):
            y = tf.exp(tf.sin(x))
        tf.reduce_sum(y, name="out")
    assert set(drawn(graph._repr_html_())[1]) == {
        "model/x", "model/inner/Sin", "model/inner/Exp", "model/out",
    }  # fmt: skip


def test_graphs_with_nothing_to_draw():
    """An empty graph, and one with a single constant, are told in words."""
    assert "0 operations" in tf.Graph()._repr_html_() and "<svg" not in tf.Graph()._repr_html_()
    with tf.Graph().as_default() as graph:
        tf.constant(1.0, name="one")
        graph.finalize()
    html = graph._repr_html_()
    assert "1 operation " in html and "finalized" in html and "<svg" not in html and "one" in html


def test_everything_is_escaped():
    """Names of collections and operations cannot be HTML, but types and shapes of a session might."""
    from perdure.drawing.session import session_html

    html = session_html("<S>", "open", "<file>:1", 1, [("<v>", "&", "[1]", 4)], [("<q>", "<n>", "")], [])
    assert not re.findall("<(?:S|file|v|q|n)>", html) and "&lt;v&gt;" in html and "&amp;" in html


def test_layers_of_a_graph_with_a_cycle():
    """An arrow that closes a cycle leads upwards; long arrows bend in each layer they pass."""
    edges = [(0, 1), (1, 2), (2, 0), (2, 3), (0, 3)]
    layout = in_layers([10.0] * 4, edges, 20.0)
    heights = [y for _, y in layout.places]
    assert heights == sorted(heights) and len(set(heights)) == 4
    assert [len(layout.bends[edge]) for edge in edges] == [2, 2, 3, 2, 4]
    assert layout.bends[2, 0][0] == layout.places[2] and layout.bends[2, 0][-1] == layout.places[0]
    assert layout.height == 80.0 and layout.width > 10.0
    assert in_layers([], [], 20.0).places == []


@pytest.mark.skipif(browser.find() is None, reason="there is no Chromium on the path")
def test_in_a_browser(tmp_path):
    """What a notebook shows is drawn, and unfolds."""
    graph = small_network()
    with tf.Session(graph=graph) as session:
        session.run(graph.get_operation_by_name("hidden/kernel/Assign"))
        html = graph._repr_html_() + session._repr_html_()
    page = tmp_path / "notebook.html"
    style = "<style>:root { color-scheme: light dark }</style>"
    page.write_text(f"<!doctype html><meta charset='utf-8'>{style}{html}")
    with browser.Browser(scheme="dark") as chromium:
        chromium.open(page)
        assert chromium.evaluate("document.querySelector('svg').getBoundingClientRect().height") > 300
        words = chromium.evaluate(
            "[...document.querySelectorAll('svg g')].every((g) => [...g.querySelectorAll('text')].every("
            "(t) => t.getBBox().width < g.querySelector('rect').getBBox().width))"
        )
        assert words
        chromium.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert "hidden/kernel" in chromium.evaluate("document.body.innerText")
        assert chromium.errors == []


def test_the_session_in_a_notebook():
    """Its state, its variables with shapes and bytes, its queues and what was planned."""
    with tf.Graph().as_default():
        v = tf.Variable(np.ones((3, 2), np.float32), name="v")
        queue = tf.FIFOQueue(3, tf.float32, shapes=[()], name="numbers")
        put, close = queue.enqueue(1.0), queue.close()
        x = tf.placeholder(tf.float32, [2], name="x")
        session = tf.Session()
        session.run(v.initializer)
        session.run([put, v])
        session.run(v * x, {x: [1, 2]})
        session.run(tf.get_session_handle(v * 2.0))
        html = session._repr_html_()
        assert "<b>Session</b>, open" in html and "test_graph.py:" in html
        assert "<td>v</td><td>float32</td><td>[3, 2]</td><td class='number'>24</td>" in html
        assert "<td>queue</td><td>numbers</td><td>1 elements</td>" in html
        assert "<td>mul</td><td>x</td>" in html and "4 planned steps" in html
        session.run(close)
        assert "1 elements, closed" in session._repr_html_()
        session.close()
        assert "closed" in session._repr_html_() and "0 variables" in session._repr_html_()
