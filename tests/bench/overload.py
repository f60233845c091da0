# SPDX-License-Identifier: MIT
"""Four times the load that can be served: how much is still served, how quickly the rest is refused, what it takes.

wrk waits for each answer before it asks again on the same connection. So there are many connections, each asking at its own
times and seldom: as long as answers come quickly, refusals too, together they ask four times as much as can be served."""
import os
import re
import threading
import time

from support.cluster import run
from support.service import binary

from bench import say
from cost import resident_mb
from load import Wrk
from operations import CREATE, GET
from serving import request, watch_peak

TIMES = 4
BEST = (16, 64, 256)  # connections among which the best rate is looked for
PROBERS = 8
PROBE_PAUSE = 0.5


class Prober(threading.Thread):
    """A caller beside the load, on a new connection each time: what it is answered, and how soon."""

    def __init__(self, bench, operation, number, stop):
        super().__init__(daemon=True)
        self.bench, self.operation, self.caller, self.stop = bench, operation, bench.callers[number], stop
        self.answers = []

    def run(self):
        caller = self.caller
        while not self.stop.wait(PROBE_PAUSE):
            begun = time.monotonic()
            status = request(self.bench.service, *self.bench.requests.one(self.operation, caller, caller.province))[0]
            self.answers.append((status, (time.monotonic() - begun) * 1000))


def percentiles(values):
    values = sorted(values)
    return (values[len(values) // 2], values[len(values) * 99 // 100]) if values else (0.0, 0.0)


def in_log(bench):
    """{status: milliseconds in the service of each answer}"""
    found = {}
    for entry in bench.service.log():
        if entry.get("msg") == "request" and entry["route"] == "/v1/projects/{project_id}" or entry.get("op") == CREATE.name:
            found.setdefault(entry["status"], []).append(entry["dur_ms"])
    return found


def best_rate(bench, operation):
    """Served per second with as many connections as suit the service best."""
    rates = {}
    for connections in BEST:
        found = Wrk(bench, connections, bench.options.seconds, connections).run(operation, bench.slice(operation))
        rates[connections] = (found.requests - found.failures) / found.seconds
        say(f"  {connections:>5} connections: {rates[connections]:.0f}/s")
    return max(rates.values())


def under_load(bench, operation, connections, offered):
    """wrk's result, the prober's answers, the highest memory seen."""
    pause = connections / offered * 1000
    bench.service.fresh_tokens(bench.callers)
    bench.service.forget_log()
    process = Wrk(bench, connections, bench.options.seconds, 7).start(
        operation, bench.slice(operation), {**os.environ, "KC_BENCH_PAUSE_MS": f"{pause:.3f}"})
    stop, peak = threading.Event(), []
    probers = [Prober(bench, operation, number, stop) for number in range(PROBERS)]
    watcher = threading.Thread(target=lambda: peak.append(watch_peak(lambda: resident_mb(bench.service.pid), stop)))
    for thread in (*probers, watcher):
        thread.start()
    found = Wrk.finish(process)
    stop.set()
    for thread in (*probers, watcher):
        thread.join()
    return found, [answer for prober in probers for answer in prober.answers], peak[0]


def tell(bench, operation, connections, best):
    found, answers, peak = under_load(bench, operation, connections, TIMES * best)
    served = (found["requests"] - found["refused"]) / found["seconds"]
    asked = found["requests"] / found["seconds"]
    say(f"  {connections:>5} connections asked {asked:.0f}/s, served {served:.0f}/s: {served / best:.0%} of the best; "
        f"{found['refused']} refused, not answered: {found['connect']} connect, {found['read']} read, {found['write']} write, "
        f"{found['timeout']} late; resident {peak:.1f} MB at most")
    for status, taken in sorted(in_log(bench).items()):
        say("        {}: {:>8} in the log, p50 {:.1f} ms, p99 {:.1f} ms".format(status, len(taken), *percentiles(taken)))
    seen = {status: [taken for other, taken in answers if other == status] for status in sorted({status for status, _ in answers})}
    for status, taken in seen.items():
        say("        {}: {:>8} seen by a caller on new connections, p50 {:.1f} ms, p99 {:.1f} ms".format(
            status or "none", len(taken), *percentiles(taken)))
    return {"operation": operation.name, "connections": connections, "best": best, "asked": asked, "served": served, "peak_mb": peak,
            "goodput": served / best, "answers": {status: len(taken) for status, taken in seen.items()}}


def connection_limit(bench):
    """KC_MAX_CONNECTIONS, or its default as the program tells it."""
    told = run([str(binary()), "--help"])
    return int(bench.options.settings.get("KC_MAX_CONNECTIONS") or re.search(r"KC_MAX_CONNECTIONS .*\[(\d+)\]", told).group(1))


def overload(bench):
    """More and more connections, at last more than the service takes."""
    figures, limit = [], connection_limit(bench)
    with bench.service:
        for operation in (GET, CREATE):
            say(f"\n{operation.title}")
            best = best_rate(bench, operation)
            for connections in (TIMES * 64, limit // 3, limit + limit // 4):
                figures.append(tell(bench, operation, connections, best))
                time.sleep(2)
        codes = {entry["problem"] for entry in bench.service.log() if entry.get("problem")}
        resting = resident_mb(bench.service.pid)
    say(f"\nresident {resting:.1f} MB afterwards; refusals: {', '.join(sorted(codes)) or 'none'}")
    say("goodput: " + ", ".join(f"{figure['goodput']:.0%} ({figure['operation']}, {figure['connections']})" for figure in figures))
    return figures
