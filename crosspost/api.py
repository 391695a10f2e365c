"""crosspost as a library: what the commands do, with typed results.

    from crosspost.api import Site

    site = Site("config/crosspost.toml")
    for one in site.preview("_posts/2026-11-20-gruesse.md"):
        print(one.account, one.text)
    result = site.publish("_posts/2026-11-20-gruesse.md", to=["mastodon"])
    for delivery in result.deliveries:
        print(delivery.account, delivery.state, delivery.url or delivery.error)

Names in ``__all__`` change only with a note in the changelog; everything else in the package may change at any time.
Whatever goes wrong is a :class:`CrosspostError` whose message is a sentence for a person.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost import ledger
    from crosspost.app.application import App

__all__ = ["ConfigError", "CrosspostError", "Delivery", "Post", "Preview", "Result", "Site"]


@dataclass(frozen=True)
class Post:
    """A file that is, or might be, a post.

    :ivar state: ``ready`` to go out, ``skipped`` by the site itself (a draft), or ``refused`` with a reason
    """

    id: str
    path: str
    title: str
    url: str
    date: datetime | None
    state: Literal["ready", "skipped", "refused"]
    reason: str = ""


@dataclass(frozen=True)
class Preview:
    """What one post says on one account, exactly as it would be sent.

    :ivar length: in ``unit``, as the network counts
    :ivar limit: the network's limit; 0 without one
    :ivar alts: the alternative texts of its pictures
    :ivar parts: the texts that follow in a thread
    :ivar error: why it cannot be said there; then the text is empty
    """

    post: str
    account: str
    network: str
    text: str = ""
    length: int = 0
    limit: int = 0
    unit: str = ""
    link: str = ""
    alts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    skipped: bool = False
    error: str = ""


@dataclass(frozen=True)
class Delivery:
    """A post on an account, as the ledger has it.

    :ivar state: ``before`` (older than the account's first run), ``planned``, ``sending``, ``sent``, ``failed``,
        ``unknown`` (in doubt, looked for), ``held`` (a person decides) or ``skipped``
    :ivar url: its address on the network, once it is out
    """

    post: str
    account: str
    network: str
    state: str
    due_at: datetime
    sent_at: datetime | None
    url: str
    error: str


@dataclass(frozen=True)
class Result:
    """What a run, or publishing, came to.

    :ivar deliveries: every delivery that was touched, as it stands now
    :ivar problems: posts that cannot go out: (path, why)
    :ivar warnings: what a person should know, but that stopped nothing
    :ivar exit_code: 0 done, 1 something failed or could not be sent yet, 3 something waits for a person
    """

    deliveries: tuple[Delivery, ...]
    problems: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    exit_code: int

    @property
    def ok(self) -> bool:
        """Whether nothing is left to be done."""
        return self.exit_code == 0


class Site:
    """A site and its accounts, as its config has them.

    :param config: the config file
    :param site: the site's folder, instead of the config's
    :param environ: where tokens are looked for first
    :param clock: the current time, with a time zone
    :raises ConfigError: when the config cannot be used
    """

    def __init__(
        self,
        config: str | Path,
        *,
        site: str | Path | None = None,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        from crosspost.app import loading

        folder = Path(site) if site is not None else None
        self._app: App = loading.load(config=Path(config), site=folder, environ=environ, clock=clock, required=True)

    @property
    def accounts(self) -> dict[str, str]:
        """Account name → network, of the accounts that are switched on."""
        return {name: account.network for name, account in self._app.accounts().items()}

    def posts(self) -> list[Post]:
        """Every file that is or might be a post, oldest first."""
        return [
            Post(entry.id, entry.path, entry.title, entry.url, entry.date, entry.state, entry.reason)
            for entry in self._app.source().scan()
        ]

    def preview(self, *files: str | Path, to: Sequence[str] = ()) -> list[Preview]:
        """Compose posts for accounts; asks no network and changes nothing.

        :param to: account or network names; () for all
        :raises CrosspostError: when a file is not a post
        """
        from crosspost.app.preview import preview

        seen, wrong = preview(self._app, [Path(file) for file in files], self._app.chosen(to))
        if wrong:
            raise CrosspostError(wrong[0].error)
        found = []
        for post, _, accounts in seen:
            for shown in accounts:
                base = Preview(post.id, shown.network.account, shown.network.key, skipped=shown.skipped)
                found.append(_filled(base, shown))
        return found

    def publish(self, *files: str | Path, to: Sequence[str] = (), again: bool = False) -> Result:
        """Publish these posts now, once on each account; what is out already is not sent again.

        :param to: account or network names; () for all
        :param again: also where a post was taken back
        :raises CrosspostError: when nothing could be sent
        """
        from crosspost.app.outcome import exit_code
        from crosspost.app.recipients_in_doubt import of_delivery
        from crosspost.app.runner import check
        from crosspost.app.running.publish import PublishView, publish

        accounts, view = self._app.chosen(to), PublishView()
        warnings: list[str] = []
        view.warn = warnings.append  # type: ignore[method-assign, assignment]  # it takes a sentence
        check(self._app, accounts)
        rows, wrong = publish(self._app, [Path(file) for file in files], accounts, view, again=again, named=bool(to))
        people = any(of_delivery(self._app, row) for row in rows)
        code = exit_code(rows, errors=len(wrong), people=people)
        return Result(_deliveries(rows), tuple((one.path, one.error) for one in wrong), tuple(warnings), code)

    def run(self, *, backfill: bool = False) -> Result:
        """Publish what is due, and have what is out follow the site: what cron does.

        :param backfill: on an account's first run, send existing posts too
        :raises crosspost.ledger.Busy: when another run is at work; nothing was done
        :raises CrosspostError: when it could not work
        """
        from crosspost.app.running.run import RunView, run

        view = RunView()
        warnings: list[str] = []
        view.warn = warnings.append  # type: ignore[method-assign, assignment]  # it takes a sentence
        outcome = run(self._app, view, backfill=backfill)
        problems = tuple((entry.path, entry.reason) for entry in outcome.refused)
        return Result(_deliveries(outcome.settled), problems, tuple(warnings), outcome.exit_code)

    def deliveries(self, *, states: Sequence[str] = ()) -> list[Delivery]:
        """What the ledger has, oldest first; nothing is changed.

        :param states: only these states; () for all
        :raises CrosspostError: when the ledger cannot be read
        """
        from crosspost.app.ledger_access import no_ledger_yet, open_ledger

        if no_ledger_yet(self._app):
            return []
        opened = open_ledger(self._app, read_only=True)
        try:
            rows = opened.deliveries()
        finally:
            opened.close()
        return [one for one in _deliveries(rows) if not states or one.state in states]


def _filled(base: Preview, shown: object) -> Preview:
    from dataclasses import replace

    from crosspost.app.preview_model import AccountPreview

    assert isinstance(shown, AccountPreview)  # noqa: S101  # for the type checker: it is imported when it is needed
    draft = shown.draft
    if draft is None:
        return replace(base, error=shown.error)
    return replace(
        base,
        text=draft.text,
        length=draft.length,
        limit=draft.limit,
        unit=draft.unit,
        link=draft.link,
        alts=tuple(picture.alt for picture, _ in shown.pictures),
        parts=tuple(part.text for part in draft.parts),
        warnings=shown.warnings,
    )


def _deliveries(rows: "Iterable[ledger.Delivery]") -> tuple[Delivery, ...]:
    return tuple(
        Delivery(row.post, row.account, row.network, row.state, row.due_at, row.sent_at, row.url, row.error)
        for row in rows
    )
