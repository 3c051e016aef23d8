"""A real browser, driven over its debugging pipe: what a page asks of the network, what it says on the console, how it is laid out."""

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
PATIENCE = 60  # seconds for an answer


class Browser:
    """One browser with one page. ``requests`` are the addresses that the page asked for, ``complaints`` what it said on the console."""

    def __init__(self, profile):
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
        os.close(inward), os.close(outward)
        self._buffer, self._count, self._session, self.events = b"", 0, None, []
        page = next(
            target
            for target in self.ask("Target.getTargets")["targetInfos"]
            if target["type"] == "page"
        )
        self._session = self.ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def _message(self):
        """The next message of the browser."""
        while b"\0" not in self._buffer:
            if not select([self._from], [], [], PATIENCE)[0]:
                raise TimeoutError("the browser is silent")
            if not (part := os.read(self._from, 1 << 20)):
                raise ConnectionError(f"the browser has gone, with code {self._process.wait(5)}")
            self._buffer += part
        text, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **options):
        """The answer to a command of the DevTools protocol; what happens meanwhile goes to ``events``."""
        self._count += 1
        os.write(
            self._to,
            json.dumps(
                {"id": self._count, "method": method, "params": options}
                | ({"sessionId": self._session} if self._session else {})
            ).encode()
            + b"\0",
        )
        while True:
            told = self._message()
            if told.get("id") == self._count:
                assert "error" not in told, f"{method}: {told['error']}"
                return told["result"]
            self.events.append(told)

    def open(self, address, width=1280, height=900, scheme="light"):
        """Open an address on a screen of a width and a colour scheme, and wait until it has loaded."""
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
        self.ask("Page.navigate", url="about:blank")
        self._until("Page.loadEventFired")
        self.events = []
        self.ask("Page.navigate", url=address)
        self._until("Page.loadEventFired")
        time.sleep(0.3)  # for what a page does once it has loaded
        self.ask("Runtime.evaluate", expression="0")

    def _until(self, event):
        while not any(told.get("method") == event for told in self.events):
            self.events.append(self._message())

    def _heard(self, *methods):
        return [told["params"] for told in self.events if told.get("method") in methods]

    @property
    def requests(self):
        return [told["request"]["url"] for told in self._heard("Network.requestWillBeSent")]

    @property
    def complaints(self):
        return [
            json.dumps(told)
            for told in self._heard(
                "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"
            )
        ]

    def value(self, expression):
        """What a JavaScript expression comes to on the page, whatever the page forbids itself."""
        told = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

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
        os.close(self._to), os.close(self._from)
