"""What is a alert, what is none, and under which key: without a ledger."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.ledger import AccountState, Change, Delivery
from crosspost.model import Entry
from crosspost.notifications.alerts import alerts, over, trouble
from crosspost.notifications.situation import Situation

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
STATES = ("planned", "sending", "unknown", "held", "failed")


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def row(state: str, number: int = 1, account: str = "x", **more: Any) -> Delivery:
    known = {"due_at": ago(hours=1), "updated_at": ago(hours=1), "attempts": 1} | more
    return Delivery(id=number, post=f"beitrag-{number}", account=account, network="x", part=1, state=state, **known)  # type: ignore[arg-type]


def account(name: str = "x", **more: Any) -> AccountState:
    return AccountState(name=name, started_at=ago(days=90), identity_at=ago(hours=2), **more)


def keys(*rows: Delivery, accounts: tuple[AccountState, ...] = (account(),), **more: Any) -> list[str]:
    said = {"last_sent": ago(hours=1)} | more
    return [one.key for one in alerts(Situation(now=NOW, unsettled=rows, accounts=accounts, **said))]


def test_deliveries() -> None:
    assert keys(row("planned"), row("sending", 2)) == []
    assert keys(row("failed"), row("held", 2), row("unknown", 3, publishing_at=ago(hours=6))) == [
        "failed:1",
        "held:2",
        "unknown:3",
    ]
    assert keys(row("unknown", publishing_at=ago(hours=5, minutes=59))) == [], "it may still clear up"
    assert keys(row("failed", account="abgeschafft")) == [], "an account that is not in the config any more"


def test_the_sentence_says_what_to_type() -> None:
    (one,) = alerts(
        Situation(now=NOW, unsettled=(row("held", 7, error="an earlier\nattempt may be out"),), accounts=(account(),))
    )
    assert one.sentence == (
        "Waits for you: beitrag-7 on x: an earlier attempt may be out. Look at the account, then `crosspost settle 7`"
        " with --sent URL, --not-sent or --skip. See `crosspost help doubt`."
    )


def test_a_refused_login_stands_until_the_login_works() -> None:
    paused = {"paused_for": "auth", "paused_why": "x: the token is wrong"}
    assert keys(accounts=(account(**paused, paused_until=NOW + timedelta(hours=1)),)) == ["auth:x"]
    over_but_untried = AccountState(name="x", **paused, paused_until=ago(hours=1), identity_at=None)  # type: ignore[arg-type]
    assert keys(accounts=(over_but_untried,)) == ["auth:x"]
    assert keys(accounts=(account(**paused, paused_until=ago(hours=1)),)) == [], "it was asked since, and answered"


def test_a_long_pause_is_counted_from_the_first_attempt() -> None:
    def paused(hours: float) -> AccountState:
        return account(paused_for="rate", paused_why="too many", paused_until=NOW + timedelta(hours=hours))

    assert keys(row("planned", tried_at=ago(minutes=5)), accounts=(paused(1),)) == []
    assert keys(row("planned", tried_at=ago(hours=5, minutes=30)), accounts=(paused(1),)) == ["pause:x"]
    assert keys(accounts=(paused(24),)) == ["pause:x"]


@pytest.mark.parametrize(
    ("left", "key"),
    [
        ({"days": 15}, None),
        ({"days": 13, "hours": 23}, "token:x:2026-12-06:14"),
        ({"days": 2, "hours": 23}, "token:x:2026-11-25:3"),
        ({"days": -2}, "token:x:2026-11-20:3"),
    ],
)
def test_a_token_that_ends(left: dict[str, float], key: str | None) -> None:
    assert keys(tokens={"x": NOW + timedelta(**left)}) == ([key] if key else [])
    refused = account(paused_for="auth", paused_until=NOW + timedelta(hours=1))
    assert keys(accounts=(refused,), tokens={"x": NOW + timedelta(**left)}) == ["auth:x"], "that says it all"


def test_a_page_that_is_not_there_is_one_matter() -> None:
    waits = {"attempts": 0, "why": "waits for the page: HTTP 404", "tried_at": ago(hours=25)}
    late = waits | {"error": "waits for the page: HTTP 404, for more than 24 hours now"}
    accounts = (account("x"), account("y"))
    assert keys(row("planned", **waits), accounts=accounts) == []
    assert keys(row("planned", **late), row("planned", account="y", **late), accounts=accounts) == ["page:beitrag-1"]


@pytest.mark.parametrize(
    ("rows", "last", "silent"),
    [
        ([row("planned", due_at=ago(days=4))], ago(days=5), True),
        ([row("planned", due_at=ago(days=4))], None, True),
        ([row("planned", due_at=ago(days=4))], ago(days=2), False),
        ([row("planned", due_at=ago(days=2))], ago(days=5), False),
        ([row("planned", due_at=NOW + timedelta(hours=1), tried_at=ago(days=4), error="no answer")], ago(days=5), True),
        ([row("planned", due_at=NOW + timedelta(days=9), tried_at=ago(days=4), attempts=0)], ago(days=5), False),
        ([row("unknown", tried_at=ago(days=4))], ago(days=5), True),
        ([row("failed", tried_at=ago(days=4))], ago(days=5), True),
        ([row("failed", tried_at=ago(days=9))], ago(days=5), False),
        ([], ago(days=500), False),
    ],
)
def test_silence(rows: list[Delivery], last: datetime | None, silent: bool) -> None:
    assert ("silence:" in keys(*rows, last_sent=last)) is silent
    assert "silence:" not in keys(*rows, last_sent=last, silence=timedelta(0))


def test_nobody_published_is_no_silence_and_a_stopped_account_explains_itself() -> None:
    overdue = row("planned", due_at=ago(days=4))
    refused = account(paused_for="auth", paused_until=NOW + timedelta(hours=1), paused_why="wrong")
    assert keys(overdue, accounts=(refused,), last_sent=None) == ["auth:x"]
    (said,) = alerts(Situation(now=NOW, unsettled=(overdue,), accounts=(account(),), last_sent=ago(days=5)))
    assert said.says == (
        "1 post was due, but nothing was sent for more than 3 days; the last one went out on 2026-11-17."
    )


def test_posts_that_are_refused_and_runs_that_cannot_work() -> None:
    entry = Entry(id="a", path="_posts/a.md", state="refused", reason="_posts/a.md:2: no colon")
    assert keys(refused=(entry,)) == ["refused:_posts/a.md"]
    assert trouble("config.toml:3: what?").says == "crosspost cannot work: config.toml:3: what?"
    assert over("auth:x") == "x works again: its login is accepted."
    assert over("failed:1") == ""


@given(
    st.lists(
        st.tuples(
            st.sampled_from(STATES),
            st.integers(1, 4),
            st.sampled_from(["x", "y", "z"]),
            st.integers(0, 200),
            st.text(max_size=20),
        ),
        max_size=8,
    ),
    st.sampled_from(["", "rate", "auth"]),
    st.integers(-50, 50),
)
def test_every_key_once_and_every_sentence_one_line(rows: list[Any], pause: Any, until: int) -> None:
    unsettled = tuple(
        row(state, number, who, tried_at=ago(hours=hours), error=error) for state, number, who, hours, error in rows
    )
    states = (account("x", paused_for=pause, paused_until=NOW + timedelta(hours=until)), account("y"))
    found = alerts(Situation(now=NOW, unsettled=unsettled, accounts=states))
    assert len({one.key for one in found}) == len(found)
    assert all("\n" not in one.sentence and one.todo for one in found)
    assert found == alerts(Situation(now=NOW, unsettled=unsettled, accounts=states))


def change(state: str, account: str = "x", *, kind: str = "edit", days: float = 0, error: str = "") -> Change:
    return Change(
        delivery=1,
        kind=kind,
        state=state,
        due_at=ago(days=days),
        error=error,
        post="garten",
        account=account,
        network="x",
    )  # type: ignore[arg-type]


def test_changed_posts_are_one_matter_for_all_accounts() -> None:
    situation = Situation(
        now=NOW,
        accounts=(account(), account("mastodon")),
        changes=(change("asked"), change("asked", "mastodon"), change("asked", "abgeschafft")),
        files={"garten": "_posts/garten.md"},
        last_sent=NOW,
    )
    (one,) = alerts(situation)
    assert one.says == "garten changed since it went out on mastodon, x."
    assert "`crosspost update _posts/garten.md`" in one.todo


def test_what_a_network_cannot_change_is_news_for_two_days() -> None:
    assert keys(changes=(change("left", error="X cannot change a post"),)) == ["left-edit:garten"]
    assert keys(changes=(change("left", days=2.1),)) == []
    assert keys(changes=(change("failed", kind="delete", days=9),)) == ["failed-delete:garten"]
    assert keys(changes=(change("planned"), change("done"), change("ignored"))) == []
