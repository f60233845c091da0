# SPDX-License-Identifier: MIT
"""One throw-away PostgreSQL cluster and one running service for the whole session; everything a test makes has a name
of its own, so tests need not clean up and may run in any order (the one on coverage last)."""
import pytest

from support.cluster import Cluster
from support.contract import Contract
from support.demo import Demo
from support.raw import Wire
from support.service import eventually
from support.world import World


@pytest.fixture(scope="session")
def contract(pytestconfig):
    pytestconfig.kc_contract = Contract()
    return pytestconfig.kc_contract


@pytest.fixture(scope="session")
def cluster():
    cluster = Cluster()
    try:
        cluster.migrate()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture(scope="session")
def world(cluster, contract):
    world = World(cluster, contract)
    with world.start() as world.service:
        wait_until_ready(world)
        yield world


def wait_until_ready(world, service=None):
    eventually(lambda: world.http(service).get("/readyz").status == 200, "/readyz")


@pytest.fixture(scope="session")
def service(world):
    return world.service


@pytest.fixture(scope="session")
def http(world):
    """Requests without a token."""
    return world.http()


@pytest.fixture(scope="session")
def caller(world):
    """caller(province="70", scopes=…, tier=…) → session of a client that may do all, or just the scopes given."""
    return world.caller


@pytest.fixture(scope="session")
def demo(world):
    """Another service, on another database, with the data of db/demo."""
    demo = Demo(world)
    with demo.service:
        yield demo


@pytest.fixture
def start(world):
    """Further instances for one test: start(KC_…=…). They end with it."""
    running = []

    def begin(**settings):
        running.append(world.start(**settings))
        return running[-1]

    yield begin
    for instance in running:
        instance.stop()


@pytest.fixture
def outage(world):
    """The database may be stopped and killed by the test; afterwards it runs and the service has found it again."""
    yield world.cluster
    if not world.cluster.is_running:
        world.cluster.start()
    wait_until_ready(world)


@pytest.fixture
def wire(service, contract):
    """wire() → a raw connection to the service; all are closed with the test."""
    opened = []

    def connect(other=None):
        opened.append(Wire((other or service).port, contract))
        return opened[-1]

    yield connect
    for one in opened:
        one.socket.close()


# ---- Harvest 2 (test_coverage.py) ----

def is_partial(config):
    return bool(config.option.keyword or config.option.markexpr or config.option.lf
                or any("::" in str(argument) or str(argument).endswith(".py") for argument in config.args))


def pytest_collection_modifyitems(config, items):
    last = [item for item in items if item.get_closest_marker("last")]
    rest = [item for item in items if item not in last]
    # A part of the tests cannot have seen everything, so the sum is drawn only after all of them. tests/run sees to it that
    # after all of them it is.
    if is_partial(config) and rest:
        config.hook.pytest_deselected(items=last)
        last = []
    items[:] = rest + last


def pytest_configure(config):
    config.addinivalue_line("markers", "last: looks back on the whole session, so runs after everything else")
