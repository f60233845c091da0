# SPDX-License-Identifier: MIT
"""The service under load: the real binary with its log on, and clients of all provinces with their tokens."""
import json
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from support.service import MASTER_KEY, binary, clean_environment

from database import PROVINCES

CALLERS = 2 * PROVINCES  # of each province the department and its promotion centre
SCOPES = "projects:read projects:write"
WAIT = 60


@dataclass
class Caller:
    number: int
    client_id: str
    secret: str
    token: str = ""

    @property
    def province(self):
        """Its projects are those whose number leaves this remainder."""
        return self.number % PROVINCES


class Service:
    def __init__(self, database, log, **settings):
        self.database, self.log_path = database, log
        self.settings = {"KC_PORT": 0, "KC_DATABASE_URL": database.url(), "KC_MASTER_KEY": MASTER_KEY,
                         "KC_CLIENT_RATE": 0,  # the load comes from few clients, each far above what one may send
                         **settings}
        self.process = self.port = None

    @property
    def environment(self):
        return {**clean_environment(), **{name: str(value) for name, value in self.settings.items()}}

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Seconds until /readyz said 200."""
        self.log_path.write_text("")
        begun = time.monotonic()
        with open(self.log_path, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([str(binary())], env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)
        self._until(self._listening, "the line that tells the port")
        self._until(self._ready, "/readyz")
        return time.monotonic() - begun

    def _until(self, probe, what):
        end = time.monotonic() + WAIT
        while not probe():
            assert self.process.poll() is None and time.monotonic() < end, f"no {what}:\n{self.log_path.read_text()[-2000:]}"
            time.sleep(0.002)

    def _listening(self):
        ports = [entry["port"] for entry in self.log() if entry.get("msg") == "listening"]
        self.port = ports[0] if ports else None
        return self.port

    def _ready(self):
        return request(self, "GET", "/readyz")[0] == 200

    def log(self):
        """Whole lines of it."""
        with open(self.log_path, encoding="utf-8") as log:
            return [json.loads(line) for line in log if line.endswith("}\n")]

    def forget_log(self):
        """A million lines are of no use, but they were written."""
        with open(self.log_path, "r+", encoding="utf-8") as log:
            log.truncate(0)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(WAIT) == 0, "the service did not end well"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    # ---- Clients ----

    def add_client(self, name, organisation, scopes, number=0):
        done = subprocess.run([str(binary()), "client", "add", "--name", name, "--organisation", organisation,
                               "--scopes", scopes, "--json"], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 0, done.stderr
        made = json.loads(done.stdout)
        return Caller(number, made["client_id"], made["client_secret"])

    def add_callers(self):
        return [self.add_client(f"bench {number}", self._organisation(number), SCOPES, number) for number in range(CALLERS)]

    def _organisation(self, number):
        return self.database.sql("select bench.id_of('9000', %s)::text", number % PROVINCES * 10 + number // PROVINCES)[0][0]

    def _token(self, caller):
        form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": caller.client_id,
                                       "client_secret": caller.secret}).encode()
        status, _, body = request(self, "POST", "/oauth2/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        assert status == 200, body
        caller.token = json.loads(body)["access_token"]

    def fresh_tokens(self, callers):
        """A token lives ten minutes, a bench longer. Who has no secret asks without one."""
        callers = [caller for caller in callers if caller.secret]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._token, callers))


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def request(service, method, target, body=None, headers=None):
    """Status, headers, body. Status 0: no answer."""
    wanted = urllib.request.Request(service.url + target, data=body, headers=headers or {}, method=method)
    try:
        with _opener.open(wanted, timeout=WAIT) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()
    except (OSError, ValueError):
        return 0, {}, b""


def watch_peak(read, stop: threading.Event, pause=0.2):
    """The highest value that `read` gave until `stop`."""
    highest = read()
    while not stop.wait(pause):
        highest = max(highest, read())
    return highest
