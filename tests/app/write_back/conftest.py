"""A site whose posts are told where they went."""

from collections.abc import Callable

import pytest

from crosspost.testing.harness import Place

#: says how a site writes back
Ask = Callable[..., None]


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)


@pytest.fixture
def ask(place: Place) -> Ask:
    """Write settings of [site] into the config."""

    def asked(**settings: str) -> None:
        lines = "".join(
            f"{key} = {value if value.startswith('{') else repr(value)}\n" for key, value in settings.items()
        )
        text = place.config.read_text("utf-8")
        place.config.write_text(text.replace("[site]\n", f"[site]\n{lines}", 1), "utf-8")

    return asked
