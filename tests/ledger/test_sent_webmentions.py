"""Which pages were told, and what other pages said: kept beside the deliveries, and each once."""

from datetime import timedelta

import msgspec
import pytest

from crosspost.ledger import Ledger
from crosspost.ledger.received_webmentions import Mention
from crosspost.ledger.sent_webmentions import MentioningPage, Webmention
from crosspost.model.response import Figures, Reply, Responses
from crosspost.testing.harness import Clock
from tests.ledger.rows import sent

HERE, THERE, OTHER = "https://a.example/beet", "https://b.example/1", "https://c.example/2"


def page(ledger: Ledger, **more: str) -> MentioningPage:
    now = ledger.clock()
    made = MentioningPage(post="beet", url=HERE, fingerprint="f", digest="d", state="read", since=now, due_at=now)
    return msgspec.structs.replace(made, **more)


def states(ledger: Ledger) -> dict[str, tuple[str, bool]]:
    return {one.target: (one.state, one.linked) for one in ledger.webmentions.all()}


def done(ledger: Ledger, one: Webmention, **more: object) -> None:
    ledger.webmentions.begin(one)
    now = ledger.clock()
    ledger.webmentions.end(msgspec.structs.replace(one, **{"state": "sent", "sent_at": now, "due_at": now, **more}))


# ── what is sent ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_posts_that_went_out_since_then_and_nowhere_before(ledger: Ledger, clock: Clock) -> None:
    """Those that went out first come first."""
    sent(ledger, "hof")
    clock.pass_by(hours=1)
    sent(ledger, "beet")
    sent(ledger, "acker")
    clock.pass_by(hours=1)
    sent(ledger, "hof", "n")
    assert ledger.webmentions.out(clock() - timedelta(hours=3)) == ["hof", "acker", "beet"]
    assert ledger.webmentions.out(clock() - timedelta(minutes=90)) == ["acker", "beet"]
    ledger.posts.gone(["acker", "beet"])
    assert ledger.webmentions.out(clock() - timedelta(minutes=90)) == []


def test_a_page_is_kept_with_whom_it_links_to(ledger: Ledger) -> None:
    sent(ledger)
    ledger.webmentions.keep(page(ledger), [THERE, OTHER])
    assert ledger.webmentions.pages() == {"beet": page(ledger)}
    assert [one.target for one in ledger.webmentions.due()] == [THERE, OTHER]
    ledger.webmentions.keep(page(ledger, digest="e"), [THERE, OTHER])
    assert len(ledger.webmentions.all()) == 2
    assert ledger.webmentions.all(["hof"]) == []
    assert len(ledger.webmentions.all(["beet"], 1)) == 1


def test_what_was_told_is_not_due_until_the_page_changes(ledger: Ledger, clock: Clock) -> None:
    sent(ledger)
    ledger.webmentions.keep(page(ledger), [THERE])
    done(ledger, ledger.webmentions.due()[0])
    assert ledger.webmentions.due() == []
    assert ledger.webmentions.next() is None
    clock.pass_by(hours=1)
    ledger.webmentions.keep(page(ledger, digest="e"), [THERE])
    (again,) = ledger.webmentions.due()
    assert (again.attempts, again.tried_at, again.sent_at) == (0, None, clock() - timedelta(hours=1))


def test_a_link_that_is_gone_is_told_only_where_the_link_was(ledger: Ledger) -> None:
    sent(ledger)
    ledger.webmentions.keep(page(ledger), [THERE, OTHER])
    done(ledger, ledger.webmentions.due()[0])
    ledger.webmentions.keep(page(ledger, state="gone"), [])
    assert states(ledger) == {THERE: ("due", False)}
    done(ledger, ledger.webmentions.due()[0])
    ledger.webmentions.keep(page(ledger, state="gone"), [])
    assert states(ledger) == {THERE: ("sent", False)}, "once"


def test_after_a_crash_one_is_due_again_but_not_at_once(ledger: Ledger, clock: Clock) -> None:
    sent(ledger)
    ledger.webmentions.keep(page(ledger), [THERE])
    ledger.webmentions.begin(ledger.webmentions.due()[0])
    assert ledger.webmentions.due() == []
    clock.pass_by(minutes=11)
    (again,) = ledger.webmentions.due()
    assert (again.attempts, again.tried_at) == (1, clock() - timedelta(minutes=11))


def test_when_there_is_something_to_do_again(ledger: Ledger, clock: Clock) -> None:
    sent(ledger)
    later = clock() + timedelta(hours=1)
    ledger.webmentions.keep(msgspec.structs.replace(page(ledger, state="waiting"), due_at=later))
    assert ledger.webmentions.next() == later


def test_pages_of_posts_that_are_gone_are_known_until_that_was_told(ledger: Ledger) -> None:
    sent(ledger)
    ledger.webmentions.keep(page(ledger), [THERE])
    assert ledger.webmentions.gone() == []
    ledger.posts.gone(["beet"])
    assert ledger.webmentions.gone() == ["beet"]
    ledger.webmentions.keep(page(ledger, state="gone"), [])
    assert ledger.webmentions.gone() == []


# ── what came ─────────────────────────────────────────────────────────────────────────────────────────────────────


def mention(source: str = THERE, **more: str) -> Mention:
    return Mention(**{"post": "beet", "source": source, "target": HERE, "kind": "reply", "text": "Schön", **more})  # type: ignore[arg-type]


@pytest.fixture
def known(ledger: Ledger) -> Ledger:
    sent(ledger)
    return ledger


def test_a_post_is_found_by_the_first_address_that_it_has(known: Ledger) -> None:
    assert known.responses.mentions.post_at([OTHER, HERE]) == "beet"
    assert known.responses.mentions.post_at([OTHER]) == ""
    assert known.responses.mentions.post_at([]) == ""
    known.posts.gone(["beet"])
    assert known.responses.mentions.post_at([HERE]) == ""


def test_one_source_has_one_mention_of_a_post(known: Ledger, clock: Clock) -> None:
    mentions = known.responses.mentions
    assert mentions.keep(mention(), moderated=True)
    clock.pass_by(hours=1)
    assert not mentions.keep(mention(target=f"{HERE}/"), moderated=True)
    (one,) = known.responses.said()
    assert (one.kind, one.state, one.account, one.reply.at) == (
        "reply",
        "waiting",
        "webmention",
        clock() - timedelta(hours=1),
    )
    assert mentions.remove(THERE, f"{HERE}/")
    assert not mentions.remove(THERE, f"{HERE}/")
    assert known.responses.said() == []


def test_numbers_are_those_of_nobody_else(known: Ledger) -> None:
    (out,) = known.responses.out({"m"}, known.clock() - timedelta(days=1))
    answer = Reply(id="7", text="Und?", at=known.clock())

    def replied(*numbers: str) -> None:
        found = tuple(msgspec.structs.replace(answer, id=number) for number in numbers)
        known.responses.keep(out, Responses(replies=found), moderated=True)

    known.responses.mentions.keep(mention(), moderated=True)
    replied("7")
    known.responses.mentions.keep(mention(OTHER), moderated=True)
    replied("7", "8")
    assert sorted(one.id for one in known.responses.said()) == [1, 2, 3, 4]
    assert known.responses.decide([1, 2, 99], "hidden") == [99]
    assert {one.id: one.state for one in known.responses.said()} == {
        1: "hidden",
        2: "hidden",
        3: "waiting",
        4: "waiting",
    }


def test_they_count_in_the_figures_but_those_that_are_hidden(known: Ledger) -> None:
    for number, kind in enumerate(("like", "like", "repost", "reply", "mention")):
        known.responses.mentions.keep(mention(f"{THERE}{number}", kind=kind), moderated=False)
    known.responses.decide([1], "hidden")
    (row,) = known.responses.told()
    assert (row.account, row.post, row.figures) == ("webmention", "beet", Figures(likes=1, reposts=1, replies=2))


def test_states_and_posts_choose_among_them(known: Ledger) -> None:
    known.responses.mentions.keep(mention(), moderated=True)
    known.responses.mentions.keep(mention(OTHER), moderated=False)
    assert [one.reply.id for one in known.responses.said(states=["shown"])] == [OTHER]
    assert len(known.responses.said(posts=["beet"])) == 2
    assert known.responses.said(posts=["hof"]) == []


def test_they_are_looked_at_again_and_forgotten_in_time(known: Ledger, clock: Clock) -> None:
    mentions, week = known.responses.mentions, timedelta(days=7)
    mentions.keep(mention(), moderated=True)
    assert mentions.due(week, 5) == []
    clock.pass_by(days=8)
    assert mentions.due(week, 5) == [(THERE, HERE)]
    assert mentions.due(week, 0) == []
    mentions.checked(THERE, HERE)
    assert mentions.due(week, 5) == []
    assert mentions.forget(clock() - timedelta(days=9)) == 0
    assert mentions.forget(clock() - timedelta(days=7)) == 1
    mentions.keep(mention(), moderated=True)
    known.posts.gone(["beet"])
    assert known.responses.said() == []
    assert mentions.forget(clock() - timedelta(days=9)) == 0, "it may come back"
    clock.pass_by(days=8)
    assert mentions.forget(clock() - timedelta(days=90)) == 1


@pytest.mark.parametrize("more", [{}, {"text": "Anders"}, {"kind": "like"}, {"author": "Ben"}, {"url": OTHER}], ids=str)
@pytest.mark.parametrize("moderated", [True, False])
def test_what_is_shown_waits_again_when_it_says_something_else(
    known: Ledger, more: dict[str, str], moderated: bool
) -> None:
    known.responses.mentions.keep(mention(), moderated=True)
    known.responses.decide([1], "shown")
    assert not known.responses.mentions.keep(mention(**more), moderated=moderated)
    (one,) = known.responses.said()
    assert one.state == ("waiting" if moderated and more.keys() & {"text", "kind", "author"} else "shown")


def test_what_was_hidden_stays_so_when_its_page_goes_and_comes_back(known: Ledger) -> None:
    mentions = known.responses.mentions
    mentions.keep(mention(), moderated=False)
    known.responses.decide([1], "hidden")
    assert mentions.remove(THERE, HERE)
    assert known.responses.said() == [], "nothing that it said is kept"
    assert not mentions.keep(mention(), moderated=False)
    assert [(one.id, one.state) for one in known.responses.said()] == [(1, "hidden")]
