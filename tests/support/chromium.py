"""A real browser, driven over its debugging pipe: a page's network requests, console and layout."""

import base64
import json
import os
import shutil
import subprocess
import time
from select import select

FOUND = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
TIMEOUT = 60  # seconds for an answer


class Browser:
    """One browser with one page.

    ``requests`` are the addresses that the page asked for, ``complaints`` its console messages.
    """

    def __init__(self, profile):
        self._start(profile)
        self._buffer, self._count, self._session, self.events = b"", 0, None, []
        targets = self.ask("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        attached = self.ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def _start(self, profile):
        """Start the browser with a pipe to it and a pipe from it."""
        inward, self._to = os.pipe()
        self._from, outward = os.pipe()
        # bash puts the pipe where the browser looks for it: 3 and 4
        line = [
            shutil.which("bash"),
            "-c",
            f'exec "$@" 3<&{inward} 4>&{outward}',
            "bash",
            FOUND,
            *_OPTIONS,
            f"--user-data-dir={profile}",
            "about:blank",
        ]
        self._process = subprocess.Popen(
            line, pass_fds=(inward, outward), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(inward)
        os.close(outward)

    def _message(self):
        """The next message of the browser."""
        while b"\0" not in self._buffer:
            if not select([self._from], [], [], TIMEOUT)[0]:
                raise TimeoutError("the browser is silent")
            if not (part := os.read(self._from, 1 << 20)):
                raise ConnectionError(f"the browser has gone, with code {self._process.wait(5)}")
            self._buffer += part
        text, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **options):
        """The answer to a command of the DevTools protocol; events until then are kept."""
        self._count += 1
        command = {"id": self._count, "method": method, "params": options}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._to, json.dumps(command).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == self._count:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]
            self.events.append(message)

    def open(self, address, width=1280, height=900, scheme="light"):
        """Open an address on a screen of this width and color scheme, and wait until it loads."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.ask(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        self.events = []  # an event of the page before must not count
        self.ask("Page.navigate", url="about:blank")
        self._until("Page.loadEventFired")
        self.events = []
        self.ask("Page.navigate", url=address)
        self._until("Page.loadEventFired")
        while self.value("document.readyState") != "complete":
            time.sleep(0.05)
        time.sleep(0.3)  # for what a page does once it has loaded
        self.ask("Runtime.evaluate", expression="0")

    def _until(self, event):
        while not any(message.get("method") == event for message in self.events):
            self.events.append(self._message())

    def _events(self, *methods):
        return [event["params"] for event in self.events if event.get("method") in methods]

    @property
    def requests(self):
        sent = self._events("Network.requestWillBeSent")
        return [request["request"]["url"] for request in sent]

    @property
    def complaints(self):
        methods = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        return [json.dumps(message) for message in self._events(*methods)]

    def value(self, expression):
        """The value of a JavaScript expression on the page, whatever its policy forbids."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def pdf(self):
        """The page as printed on A4."""
        return base64.b64decode(
            self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
        )

    def close(self):
        try:
            self._session = None
            self.ask("Browser.close")
            self._process.wait(20)
        except (OSError, TimeoutError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)
