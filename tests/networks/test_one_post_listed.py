"""One post or boost that an account lists: whether it is ours, and what a person who looks for it is shown."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from crosspost.errors import OutOfSight, Unknown
from tests.networks.listed_posts import (
    ANSWER,
    LINK,
    NOW,
    PAGED,
    PREPARED,
    ROWS,
    SECOND,
    SINCE,
    START,
    Account,
    account_of,
    milliseconds,
)  # fmt: skip


@pytest.fixture
def account(request: pytest.FixtureRequest) -> Account:
    return account_of(request.param)


def each(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("account", names or tuple(ROWS), indirect=True)


@each()
def test_ours_is_found_and_shown_with_its_words_address_and_time(account: Account) -> None:
    row, at = account.row, SINCE + timedelta(minutes=5)
    account.lists(account.ours(at))
    found = account.network.find(PREPARED, SINCE)
    assert (found.id, found.url, found.at) == (row.id, row.url if account.network.name != "ntfy" else "", NOW)
    listed = [(one.at, " ".join(one.text.split()), one.url) for one in account.network.listed]
    assert listed == ([(at, " ".join(row.text.split()), row.url)] if row.text else [])
    assert not row.asked or account.asked == [row.asked]


@each()
def test_one_of_before_is_not_ours_however_alike_and_one_within_the_clocks_slack_is(account: Account) -> None:
    account.lists(account.ours(START - SECOND))
    assert account.network.find(PREPARED, SINCE) is None
    account.lists(account.ours(START))
    assert account.network.find(PREPARED, SINCE) is not None


@each()
def test_the_newest_of_several_is_found_behind_others(account: Account) -> None:
    newer = account.another(SINCE + 9 * SECOND)
    account.lists(newer)
    assert account.network.find(PREPARED, SINCE) is None
    account.lists(newer, account.ours(SINCE + 5 * SECOND), account.ours(START - SECOND))
    assert account.network.find(PREPARED, SINCE).id == account.row.id


@each(*(name for name in ROWS if name.partition(" ")[0] != "x"))
def test_without_its_time_it_may_be_ours(account: Account) -> None:
    for told in ({}, {account.row.time: None}):
        account.lists(account.ours() | told)
        with pytest.raises(Unknown, match=r"^verein: .* lists a post that may be this one, but without its time$"):
            account.network.find(PREPARED, SINCE)


@each(*(name for name in ROWS if name != "misskey boosts"))
def test_without_its_words_it_may_be_ours(account: Account) -> None:
    account.lists(account.ours(SINCE, **{account.row.words: None}))
    with pytest.raises(Unknown, match="without its text"):
        account.network.find(PREPARED, SINCE)


@each(*PAGED)
def test_a_list_that_goes_on_before_it_came_to_older_ones_proves_nothing(account: Account) -> None:
    account.lists(account.another(SINCE), more=True)
    with pytest.raises(OutOfSight):
        account.network.find(PREPARED, SINCE)
    account.lists(account.another(SINCE), more=False)
    assert account.network.find(PREPARED, SINCE) is None


# ── one network's own ─────────────────────────────────────────────────────────────────────────────────────────────────


@each("linkedin", "linkedin boosts")
def test_linkedin_may_say_only_when_a_post_was_made(account: Account) -> None:
    made = {"createdAt": milliseconds(SINCE)}
    account.lists(account.ours(**made))
    assert account.network.find(PREPARED, SINCE) is not None
    account.lists(account.ours(SINCE, createdAt=milliseconds(START - SECOND)))
    assert account.network.find(PREPARED, SINCE) is not None, "what was made before may be published after"
    account.lists(account.ours(START - SECOND, **made))
    assert account.network.find(PREPARED, SINCE) is None


@each("linkedin", "linkedin boosts", "lemmy")
def test_where_nobody_may_look_nothing_is_asked(account: Account) -> None:
    network = account.network
    network.identity = msgspec.structs.replace(
        network.identity, abilities=msgspec.structs.replace(network.abilities, read_back=False)
    )
    network._api = lambda: SimpleNamespace(lists="")
    account.lists(account.ours(SINCE))
    assert network.find(PREPARED, SINCE) is None
    assert account.asked == []


@each("x", "x boosts")
def test_x_was_asked_for_new_ones_only_so_one_without_its_time_is_new(account: Account) -> None:
    account.lists(account.ours())
    assert account.network.find(PREPARED, SINCE).id == account.row.id


@each("x")
def test_an_answer_on_x_is_not_the_post_itself(account: Account) -> None:
    answer = account.ours(SINCE, referenced_tweets=[{"type": "replied_to", "id": "4"}])
    account.lists(answer)
    assert account.network.find(PREPARED, SINCE) is None
    assert account.network.find(ANSWER, SINCE).id == "5"


@each("mastodon", "misskey")
def test_an_answer_in_the_fediverse_is_not_the_post_itself(account: Account) -> None:
    field = "in_reply_to_id" if account.network.name == "Mastodon" else "replyId"
    account.lists(account.ours(SINCE, **{field: "4"}))
    assert account.network.find(PREPARED, SINCE) is None
    assert account.network.find(ANSWER, SINCE).id == "5"


@each("forem")
@pytest.mark.parametrize(
    ("told", "link", "found"),
    [
        ({"published": False}, LINK, None),
        ({"published": True}, LINK, "5"),
        ({"canonical_url": f"{LINK}-2"}, LINK, None),
        ({"canonical_url": None}, LINK, Unknown),
        ({"canonical_url": None}, "", "5"),
        ({"canonical_url": f"{LINK}-2"}, "", "5"),
        ({"title": " Titel "}, LINK, "5"),
        ({"title": "Ein Titel"}, LINK, None),
        ({"title": 5}, "", Unknown),
    ],
)
def test_an_article_is_ours_by_its_address_and_title(
    account: Account, told: dict[str, Any], link: str, found: Any
) -> None:
    draft = PREPARED.draft
    if not link:
        draft = msgspec.structs.replace(draft, link="", text="Titel\n\nEin Satz.")
    account.lists(account.ours(SINCE, **told))
    prepared = msgspec.structs.replace(PREPARED, draft=draft)
    if found is Unknown:
        with pytest.raises(Unknown):
            account.network.find(prepared, SINCE)
    else:
        receipt = account.network.find(prepared, SINCE)
        assert (receipt.id if receipt else None) == found


@each("lemmy", "mobilizon", "pinterest", "ntfy", "google_business", "forem")
def test_the_same_words_with_another_link_are_another_post(account: Account) -> None:
    found = ("canonical_url", "onlineAddress", "link", "click", "callToAction", "url")
    field = next(name for name in found if name in account.row.post)
    for link in (f"{LINK}-2", "https://tal.example/"):
        account.lists(account.ours(SINCE, **{field: {"url": link} if field == "callToAction" else link}))
        assert account.network.find(PREPARED, SINCE) is None
    account.lists(account.ours(SINCE, **{field: None}))
    with pytest.raises(Unknown, match="without its text"):
        account.network.find(PREPARED, SINCE)


@each("ntfy")
def test_a_message_without_a_title_is_shown_with_its_text(account: Account) -> None:
    account.lists(account.ours(SINCE, title=None, click=None))
    with pytest.raises(Unknown):
        account.network.find(PREPARED, SINCE)
    assert [(one.text, one.url) for one in account.network.listed] == [("Ein Satz.", "")]


@each("misskey boosts")
@pytest.mark.parametrize(
    ("told", "found"),
    [({}, "9"), ({"renoteId": "55"}, None), ({"renoteId": None}, None), ({"text": "Ein Zitat"}, None)],
)
def test_a_quote_is_not_a_boost(account: Account, told: dict[str, Any], found: str | None) -> None:
    account.lists(account.ours(SINCE, **told))
    receipt = account.network.find(PREPARED, SINCE)
    assert (receipt.id if receipt else None) == found
    for field in ("renoteId", "text"):
        account.lists({name: value for name, value in account.ours(SINCE).items() if name != field})
        with pytest.raises(Unknown, match="without its text"):
            account.network.find(PREPARED, SINCE)


@each("linkedin", "linkedin boosts")
def test_behind_an_old_post_that_was_changed_lately_there_may_be_ours(account: Account) -> None:
    old = account.another(START - SECOND)
    account.lists(old, more=True)
    with pytest.raises(OutOfSight):
        account.network.find(PREPARED, SINCE)
    account.lists(old | {"lastModifiedAt": milliseconds(START - SECOND)}, more=True)
    assert account.network.find(PREPARED, SINCE) is None
