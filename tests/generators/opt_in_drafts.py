"""One and the same post says the same on every network, whichever real generator its site is made with.

Run ``make test-generators``. The site is compared as it was built, and unbuilt where that can be read.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.app.application import App
from crosspost.config import registry, settings_file
from crosspost.config.credentials import Credentials
from crosspost.media import digest
from crosspost.model import Card, Draft, Picture
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock
from tests.generators.sites import GENERATORS, Post

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
#: what writers write: marks, an address, a list, a quotation, code, and a picture
BODY = """Ein *langer* Tag mit **viel** Regen & Kuchen, siehe [das Rezept](https://example.org/kuchen?a=1&b=2).

![Ein Hochbeet](/img/beet.png)

Wir haben 5 < 6 Dinge getan:

- das Beet gegraben
- den `Zaun` gestellt

> Wer gräbt, der findet.

Und zum Schluss: Grüße!"""
POST = Post(
    "gruesse", "Grüße & ein Beet", "2026-11-19", "Viel Regen – und Kuchen.", ("Garten", "Erneuerbare Energien"), BODY
)
WAYS = [(name, kind) for name in GENERATORS for kind in (("", "built") if name in ("hugo", "jekyll") else ("built",))]


def app(root: Path, kind: str, sandbox: Sandbox) -> App:
    """A site with an account on every network."""
    accounts = "".join(
        f"[accounts.{name}]\nbase_url = {msgspec.json.encode(known['base_url']).decode()}\n"
        + "".join(
            f"{key} = {msgspec.json.encode(value).decode()}\n" for key, value in known.get("settings", {}).items()
        )
        for name, known in sandbox.accounts().items()
    )
    file = root / "crosspost.toml"
    file.write_text(f'[site]\npath = "."\nsource = "{kind}"\n{accounts}', "utf-8")
    return App(settings=settings_file.read(file), site=root, credentials=Credentials({}, None), clock=lambda: NOW)


def shown(picture: Picture | None) -> Any:
    """A picture by its name, its words and its bytes, wherever it is kept."""
    if picture is None:
        return None
    return Path(picture.path).name, picture.url, picture.alt, picture.path and digest(picture.path)


def said(draft: Draft) -> dict[str, Any]:
    """Everything that would be sent."""
    fields = {name: getattr(draft, name) for name in Draft.__struct_fields__}
    card: Card | None = draft.card
    fields["card"] = card and (card.url, card.title, card.description, shown(card.image))
    fields["images"] = [shown(picture) for picture in draft.images]
    fields["parts"] = [said(part) for part in draft.parts]
    return fields


def drafts(root: Path, kind: str, sandbox: Sandbox) -> dict[str, Any]:
    made = app(root, kind, sandbox)
    source = made.source()
    (entry,) = (one for one in source.scan() if one.state == "ready")
    post = source.load(entry)
    return {name: said(made.network(name).draft(post)) for name in registry.NETWORKS}


@pytest.fixture(scope="module")
def everywhere() -> Iterator[Sandbox]:
    with Sandbox(clock=Clock()) as server:
        yield server


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, everywhere: Sandbox) -> dict[str, Any]:
    """What is read of Jekyll's posts, the oldest source."""
    root = tmp_path_factory.mktemp("jekyll")
    list(GENERATORS["jekyll"](root, (POST,), blog=True))
    return drafts(root, "jekyll", everywhere)


@pytest.mark.parametrize(("name", "kind"), WAYS)
def test_the_same_drafts(name: str, kind: str, tmp_path: Path, everywhere: Sandbox, expected: dict[str, Any]) -> None:
    (address,) = GENERATORS[name](tmp_path, (POST,), blog=True)
    assert expected["mastodon"]["link"] == address
    found = drafts(tmp_path, kind, everywhere)
    assert list(found) == list(expected)
    differ = {
        (network, field): (found[network][field], wanted)
        for network in expected
        for field, wanted in expected[network].items()
        if found[network][field] != wanted
    }
    assert differ == {}
