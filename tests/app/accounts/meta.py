"""What the tests of Meta's log-ins share."""

from importlib.resources import files
from typing import Any

from crosspost.testing import Place
from tests.app.accounts.visitor import Visitor


def written(place: Place) -> tuple[str, str, list[str]]:
    """Everything a log-in may change: the config, the secrets, and the files beside them."""
    files = sorted(str(file.relative_to(place.root)) for file in place.root.rglob("*") if file.is_file())
    secrets = place.secrets.read_text("utf-8") if place.secrets.exists() else ""
    return place.config.read_text("utf-8"), secrets, files


def manual(network: str) -> str:
    """The network's page of the manual."""
    return (files("crosspost.manual") / "networks" / f"{network}.md").read_text("utf-8")


def app_of(place: Place, network: str) -> dict[str, str]:
    """The answers that name the sandbox's app for a network."""
    access = place.sandbox.accounts()[network]
    return {"app_id": access["app_id"], "app_secret": access["app_secret"]}


def token_of(place: Place, network: str, kind: str, account: str = "verein") -> str:
    """A token the sandbox has from the beginning."""
    return str(place.sandbox.accounts(account)[network]["credentials"][kind])


def settings_of(place: Place, network: str) -> dict[str, Any]:
    """The options of the sandbox for a network."""
    return place.sandbox.networks[network].settings


def tells_no_secret(place: Place, person: Visitor, *more: str) -> bool:
    """Whether nothing that was said or asked, and nothing in the config, is a secret."""
    lines = place.secrets.read_text("utf-8").splitlines()
    secrets = [line.partition("=")[2] for line in lines if "=" in line] + list(more)
    said = [*person.heard, *(why for _, why in person.wrongs), place.config.read_text("utf-8")]
    return len(secrets) > 0 and not any(secret and secret in text for secret in secrets for text in said)
