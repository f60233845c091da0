# SPDX-License-Identifier: MIT
"""The real binary as a child process: started with KC_ variables, watched through its log, stopped by signals."""
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MASTER_KEY = "6b" * 32
WAIT = 30  # generous: a busy machine is no failure


def binary():
    if os.environ.get("KC_TEST_BINARY"):
        return Path(os.environ["KC_TEST_BINARY"])
    build = Path(os.environ.get("KC_TEST_BUILD", ROOT / "build"))
    found = [path for path in (build / "api" / "api", build / "api") if path.is_file()]
    assert found, f"no binary in {build}: build it first, or set KC_TEST_BINARY"
    return found[0]


def clean_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith(("KC_", "PG"))}


def eventually(probe, what, seconds=WAIT):
    """Polls until the probe gives something true. Only a bound against hanging: no test measures time with it."""
    end = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        assert time.monotonic() < end, f"gave up waiting: {what}"
        time.sleep(0.02)


class Service:
    def __init__(self, settings):
        self.settings = {name: str(value) for name, value in settings.items() if value is not None}
        self.lines = []  # raw log lines
        self._arrived = threading.Condition()
        self.process = subprocess.Popen([str(binary())], env={**clean_environment(), **self.settings},
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = None

    def _read(self):
        for raw in self.process.stdout:
            with self._arrived:
                self.lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
                self._arrived.notify_all()

    def wait_until_listening(self):
        entry = self.wait_for_log(lambda entry: entry.get("msg") == "listening", "the listening line")
        self.port = entry["port"]
        return self

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self):
        entries = []
        for line in list(self.lines):
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                entries.append(entry)
        return entries

    def wait_for_log(self, wanted, what):
        """The first entry that `wanted` likes, waiting for it. Fails at once when the process is gone without it."""
        def probe():
            ended = self.process.poll() is not None
            if ended:
                self._reader.join(WAIT)
            for entry in self.log:
                if wanted(entry):
                    return entry
            assert not ended, f"the service ended with {self.process.returncode} without {what}:\n" + self.text()
            return None
        return eventually(probe, what)

    def text(self):
        return "\n".join(self.lines)

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Exit code of a process that is expected to end."""
        self.process.wait(WAIT)
        self._reader.join(WAIT)
        return self.process.returncode

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(WAIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("the service did not end on SIGTERM:\n" + self.text()[-4000:]) from None
        self._reader.join(WAIT)
        # A sanitizer tells what it found in plain text and by the exit code.
        odd = [line for line in self.lines if not line.startswith("{")]
        assert not odd, "lines in the log that are no JSON:\n" + "\n".join(odd[:100])
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        code = self.stop()
        assert failure or code == 0, f"the service ended with {code}"


def command(arguments, settings):
    """Runs a command of the binary (`client add …`) to its end."""
    return subprocess.run([str(binary()), *arguments], env={**clean_environment(), **settings}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=4 * WAIT)
