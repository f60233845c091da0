# SPDX-License-Identifier: MIT
"""A service on a database of its own with the data of db/demo, brought in as `./dev up` brings them."""
import json
import subprocess

from . import service as services
from .client import Http
from .cluster import ROOT
from .world import unique

DATABASE = "kc_demo"


class Demo:
    def __init__(self, world):
        self.world = world
        world.cluster.migrate(DATABASE)
        self.url_of_database = world.cluster.url(database=DATABASE)
        self.service = world.start(KC_DATABASE_URL=self.url_of_database)
        try:
            self.client = self.secret()
            done = self.load()
            assert done.returncode == 0, done.stderr
        except BaseException:
            self.service.stop()
            raise

    @property
    def token(self):
        """A new one each time: it lasts ten minutes, the session longer."""
        return self.command("token", "--demo")

    def command(self, *arguments):
        done = self.world.command(*arguments, KC_DATABASE_URL=self.url_of_database)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def secret(self):
        """Id and secret of the demo client, as the loader gets them."""
        settings = self.world.settings(KC_DATABASE_URL=self.url_of_database)
        done = subprocess.run([str(ROOT / "db/demo/client"), str(services.binary())], text=True, timeout=60, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**services.clean_environment(), **{name: str(value) for name, value in settings.items()}})
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    def load(self, *files):
        return subprocess.run([str(ROOT / "db/demo/load"), self.service.url, *self.client, *map(str, files)], text=True, timeout=900,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def sql(self, *arguments):
        return self.world.cluster.sql(*arguments, database=DATABASE)

    @property
    def anybody(self):
        return Http(self.service, self.world.contract)

    def caller(self, token):
        return Http(self.service, self.world.contract, {"Authorization": f"Bearer {token}"})

    def member(self, organisation, scopes="programmes:read projects:read projects:write registry:read registry:write"):
        """A client of an organisation of the demo data."""
        made = json.loads(self.command("client", "add", "--name", unique("demo"), "--organisation", organisation, "--scopes", scopes, "--json"))
        return self.caller(self.command("token", "--client", made["client_id"], "--secret", made["client_secret"]))
