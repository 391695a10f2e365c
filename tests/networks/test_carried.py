"""Only content is frozen, never delivery settings: servers and logins come from today's config."""

from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

from crosspost.compose import carried
from crosspost.config import registry
from crosspost.errors import ConfigError
from crosspost.model import Override, Overrides, Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

#: every setting of every network that is said; whoever adds one must decide whether it is said or carried
SAID = {
    "x": {"reply_settings", "place"},
    "mastodon": {"visibility", "content_warning", "sensitive", "quotes"},
    "facebook": {"place"},
    "linkedin": {"content", "visibility"},
    "instagram": {"bio", "place"},
    "threads": {"topic_tag", "reply_control"},
    "bluesky": {"embed", "labels", "replies", "quotes"},
    "telegram": {"silent", "preview", "long_text"},
    "signal": set(),
    "newsletter": {"subject", "content", "footer", "sender", "to", "unsubscribe"},
    "listmonk": {"subject", "content", "footer", "lists", "template", "sender"},
    "discord": {"forum_tags", "silent", "embed"},
    "matrix": {"kind"},
    "slack": set(),
    "misskey": {"visibility", "content_warning", "sensitive", "local_only"},
    "nostr": {"content_warning"},
    "lemmy": {"nsfw"},
    "ntfy": {"priority", "emoji"},
    "forem": {"content", "series", "organization"},
    "wordpress": {"content", "status", "categories"},
    "ghost": {"content", "visibility", "newsletter"},
    "mobilizon": {"content", "visibility", "category"},
    "whatsapp": set(),
    "tumblr": {"state"},
    "pinterest": set(),
    "google_business": {"button"},
    "micropub": {"content", "same_slug", "syndicate_to"},
    "apprise": set(),
}


@pytest.fixture(params=list(registry.NETWORKS))
def account(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> tuple[Network, Place]:
    place = Place(tmp_path, sandbox, networks=(request.param,), clock=clock)
    return place.network(request.param), place


def another(kind: Any, value: Any) -> Any:
    """A value of the same type that differs."""
    if get_origin(kind) is Literal:
        return next(one for one in get_args(kind) if one != value)
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}7"


def test_every_setting_is_said_or_carried(account: tuple[Network, Place]) -> None:
    network, _ = account
    fields = set(network.Options.__struct_fields__)
    assert set(carried(network.options)) <= fields
    assert fields - set(carried(network.options)) == SAID[network.key]


def test_nothing_that_is_carried_is_frozen(account: tuple[Network, Place]) -> None:
    network, place = account
    draft = network.draft(place.the_post())
    thread = msgspec.structs.replace(draft, parts=(draft,))
    frozen = network.frozen(thread)
    assert not set(frozen.options) & set(carried(network.options))
    assert not set(frozen.parts[0].options) & set(carried(network.options))
    assert network.spoken(frozen) == network.spoken(draft)


def test_what_is_carried_is_that_of_today_also_for_old_drafts(account: tuple[Network, Place]) -> None:
    network, place = account
    draft = network.draft(place.the_post())
    kinds = {field.name: field.type for field in msgspec.structs.fields(network.Options)}
    for name, value in carried(network.options).items():
        if name == "token_issued":
            continue  # a day or nothing
        old = msgspec.structs.replace(draft, options={**draft.options, name: another(kinds[name], value)})
        assert getattr(network.spoken(old), name) == value
        gone = msgspec.structs.replace(draft, options={**draft.options, "a_setting_of_before": 1})
        assert network.spoken(gone) == network.spoken(draft)


def test_a_post_cannot_say_how_it_is_carried(account: tuple[Network, Place]) -> None:
    network, place = account
    post = place.the_post()
    for name in carried(network.options):
        own = Overrides(targets={network.account: Override(settings={name: "x"})})
        with pytest.raises(ConfigError, match=f"`{name}` is set in the config only"):
            network.compose(msgspec.structs.replace(post, overrides=own))


@pytest.mark.parametrize(
    ("before", "after"),
    [({"tls": "implicit"}, {"tls": "none"}), ({"login": False}, {"login": True}), ({"insecure": True}, {})],
)
def test_mails_that_wait_are_carried_as_the_config_says_now(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, before: dict[str, Any], after: dict[str, Any]
) -> None:
    place = Place(tmp_path, sandbox, networks=("newsletter",), clock=clock)
    people = place.write("config/people.txt", "".join(f"mensch{n}@example.org\n" for n in range(4)))
    base = {"to": "", "recipients": str(people), "at_once": 2}
    first = with_options(place, **base)
    draft = first.draft(place.the_post())
    frozen = msgspec.structs.replace(draft, options={**draft.options, **before})  # as an older version froze it
    now = with_options(place, **base, **after)
    prepared = now.prepare(Prepared(draft=frozen, handle="key"), lambda *_: None)
    now._saving = ("key", lambda *_: None)  # type: ignore[attr-defined]  # a newsletter has it
    with pytest.raises(Exception, match="2 follow in the next run"):
        now.publish(prepared)
    assert len(sandbox.posts()) == 2


def with_options(place: Place, **options: Any) -> Network:
    network = place.network("newsletter")
    network.options = msgspec.structs.replace(network.options, **options)
    return network
