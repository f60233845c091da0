# SPDX-License-Identifier: MIT
"""What the service needs while nobody asks much: time to ready, memory idle and with many open connections."""
import socket
import statistics

from cost import resident_mb

STARTS = 5


def time_to_ready(service):
    """Median of several starts on the migrated database."""
    taken = []
    for _ in range(STARTS):
        taken.append(service.start())
        service.stop()
    return statistics.median(taken)


def open_connection(service, target, token):
    """A caller that has asked once and stays."""
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=60)
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65536)
    head, _, body = head.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    while len(body) < length:
        body += connection.recv(65536)
    return connection


def resident(service, requests, callers, operation, counts):
    """MB after the start, and with so many connections of which each has been answered."""
    service.start()
    held, found = [], {0: resident_mb(service.pid)}
    try:
        service.fresh_tokens(callers)
        for count in counts:
            while len(held) < count:
                caller = callers[len(held) % len(callers)]
                held.append(open_connection(service, requests.target(operation, caller, caller.province), caller.token))
            found[count] = resident_mb(service.pid)
    finally:
        for connection in held:
            connection.close()
        service.stop()
    return found
