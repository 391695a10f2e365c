"""Whoever renews an account while logged in as somebody else is told so before anything is stored."""

from pathlib import Path

import pytest

from crosspost.app.accounts.manage import RENEWING, renewed
from crosspost.config.secret_places import SecretsFile
from crosspost.errors import ConfigError
from crosspost.testing import Place
from tests.app.accounts.walk import WAYS, Walk, Way, begun, connected

FIRST, SECOND = "verein", "zweitkonto"
#: what somebody else answers who has the same list to choose from
OTHERWISE = {"facebook": {"page": "2"}, "instagram": {"page": "2"}, "signal": {"number": "2", "group": "2"}}
#: every key opens the same site there, which is who speaks
ONE_SITE = ("ghost",)


class Renewing(Walk):
    """Somebody who renews an account, at the terminal."""

    def confirm(self, key: str, text: str, *, default: bool) -> bool:
        if key in RENEWING:
            return True
        return super().confirm(key, text, default=default)


def somebody(place: Place, way: Way, first: Walk, account: str, **more: str) -> Renewing:
    callback = first.right.get("redirect", "")
    return Renewing(way.right(place.sandbox, callback, account) | more, account=account)


def renew(place: Place, person: Walk) -> list[str]:
    (name,) = place.app.accounts()
    return [one.who for one in renewed(place.app, name, person, lambda: SecretsFile(place.secrets))]


def spoken(place: Place) -> None:
    """A post goes out, so that the ledger knows who the account is."""
    place.crosspost("run")
    place.new_post("2026-11-22-first")
    assert place.crosspost("run").code == 0


def kept(place: Place) -> tuple[str, str]:
    secrets = place.secrets.read_text("utf-8") if place.secrets.exists() else ""  # Signal needs none
    return place.config.read_text("utf-8"), secrets


@pytest.mark.parametrize(
    "way", [way for way in WAYS if way.network not in ONE_SITE], ids=lambda way: f"{way.network} {way.name}".strip()
)
def test_somebody_else_is_noticed_before_anything_is_stored(way: Way, tmp_path: Path) -> None:
    with begun(way, tmp_path) as (place, first):
        (added,) = connected(place, way, first)
        before = kept(place)
        with pytest.raises(ConfigError) as refused:
            renew(place, somebody(place, way, first, SECOND, **OTHERWISE.get(way.network, {})))
        assert kept(place) == before
        assert "nothing was changed" in str(refused.value)
        assert added.who in str(refused.value)
        assert renew(place, somebody(place, way, first, FIRST)) == [added.who]


def test_it_is_known_from_the_ledger_too_when_the_old_login_has_ended(tmp_path: Path) -> None:
    way = next(way for way in WAYS if way.network == "misskey")
    with begun(way, tmp_path) as (place, first):
        connected(place, way, first)
        spoken(place)
        before = place.config.read_text("utf-8"), "CROSSPOST_MISSKEY_ACCESS_TOKEN=ended\n"
        place.secrets.write_text(before[1], "utf-8")
        with pytest.raises(ConfigError, match=r"@zweitkonto .*, but until now misskey was @verein"):
            renew(place, somebody(place, way, first, SECOND))
        assert kept(place) == before


def test_who_means_it_is_told_what_is_left_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    way = next(way for way in WAYS if way.network == "misskey")
    with begun(way, tmp_path) as (place, first):
        connected(place, way, first)
        spoken(place)
        assert renew(place, somebody(place, way, first, SECOND, other="yes")) == ["@zweitkonto"]
        assert "`crosspost ledger account misskey --accept`" in " ".join(capsys.readouterr().out.split())
        place.new_post("2026-11-22-later")
        assert place.crosspost("run").code != 0, "nothing is sent before it is said once more"
        assert place.crosspost("ledger", "account", "misskey", "--accept").code == 0
