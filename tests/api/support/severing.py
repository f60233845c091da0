# SPDX-License-Identifier: MIT
"""A wire between the service and PostgreSQL that a test cuts at a chosen place: before a question arrives, or after it was
answered and before the answer arrives. The second is the one case in which nobody but PostgreSQL knows what happened."""
import os
import shutil
import socket
import tempfile
import threading
from pathlib import Path

READY = 6  # bytes of ReadyForQuery, the last message of an answer: Sync was reached


class Severing:
    def __init__(self, cluster):
        self.cluster = cluster
        self.directory = Path(tempfile.mkdtemp(prefix="kc-wire-", dir="/var/tmp"))
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.directory / f".s.PGSQL.{cluster.port}"))
        self.listener.listen()
        self._lock = threading.Lock()
        self._cut = None
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return self.cluster.url().replace(str(self.cluster.directory), str(self.directory))

    def cut(self, what, turn=1):
        """Cuts the `turn`-th "question" or its "answer", counted from now; the next connection works again. Of an answer that
        is "torn" all arrives but the last word, which alone says that it is kept."""
        with self._lock:
            self._cut = (what, turn)

    def close(self):
        self.listener.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(os.fspath(self.cluster.directory / f".s.PGSQL.{self.cluster.port}"))
            except OSError:
                near.close()
                continue
            state = {"answered": True}
            threading.Thread(target=self._pump, args=("question", near, far, state), daemon=True).start()
            threading.Thread(target=self._pump, args=("answer", far, near, state), daemon=True).start()

    def _is_cut(self, what, state):
        """One turn is all that the service sends until PostgreSQL speaks."""
        with self._lock:
            begins = what == "question" and state["answered"]
            state["answered"] = what == "answer"
            if not self._cut:
                return False
            wanted, turn = self._cut
            state["torn"] = wanted == "torn"
            if begins:
                turn -= 1
                self._cut = (wanted, turn)
            if turn > 0 or what != wanted.replace("torn", "answer"):
                return False
            self._cut = None
            self.cuts += 1
            return True

    def _pump(self, what, source, target, state):
        try:
            while data := source.recv(65536):
                if self._is_cut(what, state):
                    target.sendall(data[:-READY] if state["torn"] else b"")
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
