"""The page of `perdure run --trace out.html`: its data, and what a browser makes of it."""

import json
import re
import subprocess
import sys

import pytest

from perdure.drawing.trace_page import trace_page
from tests.drawing import browser

PROGRAM = """
import threading
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 4], name="x")
w = tf.Variable(np.ones((4, 2), np.float32), name="w")
loss = tf.reduce_mean(tf.square(tf.matmul(x, w, name="product")), name="loss")
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
queue = tf.FIFOQueue(2, tf.float32, shapes=[()])
taken, put = queue.dequeue(name="taken"), queue.enqueue(1.0)
broken = tf.check_numerics(tf.log(x - 2.0), "</script><b>no number</b>", name="broken")
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(20):
        session.run([train, loss], {x: np.ones((3, 4))})
    feeder = threading.Timer(0.1, lambda: session.run(put))
    feeder.name = "feeder"
    feeder.start()
    session.run(taken)
    feeder.join()
    try:
        session.run(broken, {x: np.ones((1, 4))})
    except tf.errors.InvalidArgumentError:
        print("as expected")
"""


def run_traced(folder, name, *options):
    script, page = folder / "train.py", folder / name
    script.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "-m", "perdure", "run", *options, "--trace", str(page), str(script)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "as expected\n", done.stderr
    assert done.stderr.endswith(f"perdure: 24 steps recorded in {page}\n")
    return page


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of a program that trains, waits and fails, its clusters compiled."""
    return run_traced(tmp_path_factory.mktemp("trace"), "out.html", "--tier", "compile")


def embedded(page):
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page.read_text())
    return json.loads(text)


def test_the_page_holds_all_it_needs(page):
    """One file: nothing is fetched, and without its data it is small."""
    text = page.read_text()
    data = embedded(page)
    assert not re.findall(r"(?:src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)", text)
    assert "default-src 'none'" in text
    assert len(text) - len(json.dumps(data)) < 300_000
    assert "<b>no number" not in text and len(re.findall("</script>", text)) == 2


def test_the_data_of_the_page(page):
    """Steps with what they did, operations with their lines, compilations, and nothing left out."""
    data = embedded(page)
    training = next(kind for kind in data["kinds"] if "loss" in kind["fetches"])
    assert training["count"] == 20 and training["feeds"] == ["x"]
    assert len(training["curve"]) == 20 and training["fastest"] <= training["median"] <= training["slowest"]
    (cluster,) = [unit for unit in training["units"] if unit["cluster"]]
    names = {data["operations"][number][0] for number in cluster["ops"]}
    assert {"product", "loss"} <= names
    product = next(op for op in data["operations"] if op[0] == "product")
    assert data["texts"][product[1]] == "MatMul" and data["texts"][product[3]].endswith("train.py:8")
    assert data["texts"][product[4]].startswith("loss = tf.reduce_mean")
    assert data["texts"][product[6]] == "float32 [?, 2]"
    assert len(data["compilations"]) >= 2
    assert [thread["name"] for thread in data["threads"]] == ["MainThread", "feeder"]
    errors = [kept[6] for thread in data["threads"] for kept in thread["kept"] if kept[6]]
    assert len(errors) == 1 and errors[0].startswith("InvalidArgumentError: ")
    waiting = [
        kept[7][i : i + 4]
        for thread in data["threads"]
        for kept in thread["kept"]
        for i in range(0, len(kept[7]), 4)
        if kept[7][i] == 4
    ]
    assert any(data["texts"][ref] == "taken" and took > 5e7 for _, ref, _, took in waiting)
    left = data["left_out"]
    assert (left["steps"], left["of_steps"], left["operations"], left["partial_runs"]) == (0, 24, 0, 0)


def test_names_cannot_break_out_of_the_page():
    """Whatever a program calls its things, it stays data."""
    text = trace_page({"texts": ["</script><script>alert(1)</script>\u2028"]}, "<b>&", {})
    assert "<script>alert" not in text and "<title>&lt;b&gt;&amp; " in text and "\u2028" not in text


def test_the_same_for_perfetto(tmp_path):
    """Steps, below them what their time went to, and below that operations with their lines."""
    path = run_traced(tmp_path, "out.json", "--tier", "interpret")
    events = json.loads(path.read_text())["traceEvents"]
    assert [e["args"]["name"] for e in events if e["name"] == "thread_name"] == ["MainThread", "feeder"]
    assert sum(e.get("cat") == "step" for e in events) == 24
    assert {"interpreted", "host", "waiting"} <= {e.get("cat") for e in events}
    product = next(e for e in events if e["name"] == "product")
    assert product["args"]["op"] == "MatMul" and product["args"]["outputs"] == "float32 [3, 2]"
    assert product["args"]["line"].endswith("train.py:8") and product["dur"] > 0
    cluster = next(e for e in events if e["name"] == "cluster 1, interpreted")
    assert cluster["ts"] <= product["ts"] or cluster["args"]["operations"]


@pytest.mark.skipif(browser.find() is None, reason="there is no Chromium on the path")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_a_browser(page, scheme, tmp_path):
    """It draws, zooms, pans, and says what is clicked on, without an error."""
    with browser.Browser(scheme=scheme) as chromium:
        chromium.open(page)
        assert chromium.evaluate("document.title") == f"{page.parent / 'train.py'} – perdure trace"
        assert "24 steps" in chromium.evaluate("document.getElementById('subtitle').textContent")
        titles = chromium.evaluate("trace.rows.map((row) => row.title)")
        assert titles[:3] == ["steps", "clusters", "host operations"] and "waiting" in titles
        assert drawn_colours(chromium) > 5
        before = chromium.evaluate("trace.view.end - trace.view.start")
        x, y = place_of(chromium, "trace.rows[0]", "trace.rows[0].items[8]")
        chromium.mouse("mouseWheel", x, y, deltaX=0, deltaY=-600)
        chromium.settle()
        assert chromium.evaluate("trace.view.end - trace.view.start") < before * 0.6
        chromium.evaluate("document.getElementById('timeline').focus()")
        start = chromium.evaluate("trace.view.start")
        chromium.key("ArrowRight")
        assert chromium.evaluate("trace.view.start") > start
        chromium.evaluate("trace.select(trace.rows[0].items[8], true)")
        chromium.settle()
        chromium.click(*place_of(chromium, "trace.rows[0]", "trace.rows[0].items[8]"))
        details = chromium.evaluate("document.getElementById('details').innerText")
        assert "cluster of" in details and "median of 20" in details and "train.py:13" in details
        chromium.evaluate("[...document.querySelectorAll('#details a')][0].click()")
        assert "product MatMul" in chromium.evaluate("document.getElementById('details').innerText")
        for table, wanted in (("steps", "loss"), ("compilations", "cluster of"), ("operations", "taken")):
            chromium.evaluate(f"document.querySelector('[data-table={table}]').click()")
            assert wanted in chromium.evaluate("document.getElementById('table').innerText")
        chromium.screenshot(tmp_path / "page.png")
        assert (tmp_path / "page.png").stat().st_size > 20_000
        assert chromium.errors == []


def place_of(chromium, row, item):
    """Where an item of a row lies in the window."""
    return chromium.evaluate(
        f"(() => {{ const box = document.getElementById('timeline').getBoundingClientRect(); const [x, y] = "
        f"trace.placeOf({row}, {item}); return [box.x + x, box.y + y]; }})()"
    )


def drawn_colours(chromium):
    """How many different colours the timeline has."""
    return chromium.evaluate(
        "(() => { const c = document.getElementById('timeline'), d = c.getContext('2d').getImageData(0, 0, "
        "c.width, c.height).data, seen = new Set(); for (let i = 0; i < d.length; i += 4) seen.add("
        "d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return seen.size; })()"
    )
