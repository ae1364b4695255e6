"""A headless Chromium for tests of pages: found on the path, driven over its debugging pipe."""

import base64
import json
import os
import select
import shutil
import signal
import tempfile
import time

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome-headless-shell",
    "headless_shell",
)
_SECONDS = 60


def find():
    """The path of a Chromium, or None."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


class Browser:
    """One page of a browser; use it as a context manager.

    Args:
        width, height: the size of the window.
        scheme: "light" or "dark".
    """

    def __init__(self, width=1400, height=900, scheme="light"):
        self._folder = tempfile.mkdtemp()
        read_commands, self._out = os.pipe()
        self._in, write_answers = os.pipe()
        arguments = [
            find(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--remote-debugging-pipe", "--disable-dev-shm-usage",
            "--no-zygote", "--single-process", f"--window-size={width},{height}",
            f"--user-data-dir={self._folder}", "about:blank",
        ]  # fmt: skip
        null = os.open(os.devnull, os.O_RDWR)
        actions = [
            (os.POSIX_SPAWN_DUP2, null, 1),
            (os.POSIX_SPAWN_DUP2, null, 2),
            (os.POSIX_SPAWN_DUP2, read_commands, 13),
            (os.POSIX_SPAWN_DUP2, write_answers, 14),
            (os.POSIX_SPAWN_DUP2, 13, 3),
            (os.POSIX_SPAWN_DUP2, 14, 4),
        ]
        self._process = os.posix_spawn(
            arguments[0], arguments, {**os.environ, "HOME": self._folder}, file_actions=actions
        )
        for descriptor in (read_commands, write_answers, null):
            os.close(descriptor)
        self._buffer, self._number, self._page = b"", 0, None
        self.errors = []
        target = self._send(
            "Target.createTarget", url="about:blank", newWindow=True, width=width, height=height
        )["targetId"]
        self._page = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._send("Runtime.enable")
        self._send("Page.enable")
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self._send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        for descriptor in (self._out, self._in):
            os.close(descriptor)
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        time.sleep(0.1)  # for processes of its own
        shutil.rmtree(self._folder, ignore_errors=True)

    def open(self, path):
        """Load a file and wait until its script has run."""
        self._send("Page.navigate", url=f"file://{path}")
        until = time.monotonic() + _SECONDS
        while self.evaluate("document.readyState") != "complete":
            assert time.monotonic() < until, "the page does not load"
            time.sleep(0.02)
        self.settle()

    def settle(self):
        """Wait until what was asked for is drawn."""
        self.evaluate("new Promise((done) => setTimeout(done, 120))")

    def evaluate(self, script):
        """The value of an expression in the page."""
        answer = self._send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def mouse(self, kind, x, y, **more):
        """A mouse event: mousePressed, mouseReleased, mouseMoved or mouseWheel."""
        self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, x, y):
        """Press and release the left button."""
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, button="left", clickCount=1, buttons=1)
        self.mouse("mouseReleased", x, y, button="left", clickCount=1)
        self.settle()

    def key(self, key):
        """Press a key."""
        self._send("Input.dispatchKeyEvent", type="keyDown", key=key)
        self._send("Input.dispatchKeyEvent", type="keyUp", key=key)
        self.settle()

    def screenshot(self, path, clip=None):
        """Write what is seen, or the part of it in `clip` (x, y, width, height), as a PNG."""
        names = ("x", "y", "width", "height")
        more = {} if clip is None else {"clip": {**dict(zip(names, clip, strict=True)), "scale": 1}}
        answer = self._send("Page.captureScreenshot", format="png", **more)
        path.write_bytes(base64.b64decode(answer["data"]))

    def _send(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._page is not None:
            message["sessionId"] = self._page
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(answer["params"]["exceptionDetails"])
            elif answer.get("method") == "Runtime.consoleAPICalled" and answer["params"]["type"] == "error":
                self.errors.append(answer["params"]["args"])
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return answer["result"]

    def _receive(self):
        until = time.monotonic() + _SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, until - time.monotonic()))
            assert ready, "the browser does not answer"
            data = os.read(self._in, 1 << 20)
            assert data, "the browser has ended"
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)
