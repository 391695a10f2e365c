"""Several machines that share renewed tokens, as far as one machine can be several."""

import subprocess
import sys
from typing import Any

import psycopg

from crosspost.config.credentials import variable
from crosspost.config.encryption import new_key
from crosspost.ledger.postgresql.address import Address
from crosspost.testing import Place

SCRIPT = """
import sys
from datetime import datetime
from pathlib import Path
from crosspost.app import loading
now = datetime.fromisoformat(sys.argv[2])
app = loading.load(config=Path(sys.argv[1]), site=None, environ={}, clock=lambda: now)
network = app.network("x")
print("ready", flush=True)
sys.stdin.readline()
print(network._login().token(), flush=True)
"""
#: the same, killed when the answer is there and nothing is written yet
KILLED = """
import os, signal
from crosspost.networks.protocols.oauth_refresh import RefreshingLogin
exchange = RefreshingLogin._exchange
def killed(self, token):
    exchange(self, token)
    os.kill(os.getpid(), signal.SIGKILL)
RefreshingLogin._exchange = killed
"""
NAME = variable("tokens", "key")


class Machines:
    """Several machines, as far as one can be several: each has a folder of its own for config, secrets and state."""

    def __init__(self, place: Place, address: Address) -> None:
        self.place, self.address = place, address
        self.key = new_key()
        config = place.config.read_text("utf-8").replace("../site", str(place.root / "site"))
        self._config = f'{config}\n[state]\ndatabase = "{address.url}"\n'
        self.tokens = place.secrets.read_text("utf-8")

    def one(self, name: str, key: str | None = None) -> Place:
        """A machine with these keys."""
        folder = self.place.root / name
        folder.mkdir(exist_ok=True)
        machine = object.__new__(Place)
        vars(machine).update(vars(self.place))
        machine.config, machine.secrets = folder / "crosspost.toml", folder / "secrets.env"
        machine.config.write_text(self._config, "utf-8")
        key = self.key if key is None else key
        machine.secrets.write_text(self.tokens + (f"{NAME}={key}\n" if key else ""), "utf-8")
        machine.secrets.chmod(0o600)
        return machine

    def started(self, machine: Place, before: str = "") -> "subprocess.Popen[str]":
        """A process there that is about to ask for X's token."""
        command = [sys.executable, "-c", before + SCRIPT, str(machine.config), machine.clock().isoformat()]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.address.url, autocommit=True) as connection:
            done = connection.execute(text.encode())
            return done.fetchall() if done.description else []

    def over(self) -> None:
        """What a dead process says of itself in the table is out of date by now."""
        self.sql("UPDATE renewed_logins SET renewing_until = now() - interval '1 second'")


def token(machine: Place) -> str:
    network: Any = machine.network("x")
    return str(network._login().token())


def told(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate("go\n", timeout=60)
    return out.strip() + err
