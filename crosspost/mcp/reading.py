"""What an assistant may look at. Every answer is plain data, and nothing here changes anything."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger

#: more rows at once than an assistant, or its reader, can make use of
_MOST = 200


def posts(app: "App", state: str, limit: int) -> list[dict[str, Any]]:
    """The site's posts, newest first, with where they are out."""
    from crosspost.app.post_states import deliveries_of, state_of

    entries = sorted(app.source().scan(), key=lambda entry: (entry.date is not None, entry.date), reverse=True)
    known = deliveries_of(app, entries)
    found = []
    for entry in entries:
        out = known.get(entry.id, ())
        row = {
            "id": entry.id,
            "path": entry.path,
            "title": entry.title,
            "url": entry.url,
            "date": entry.date.isoformat() if entry.date else None,
            "state": state_of(entry, out),
            "reason": entry.reason,
            "out": [{"account": account, "url": url} for account, what, url in out if what == "sent"],
        }
        if state in ("", row["state"]):
            found.append(row)
    return found[: min(limit, _MOST)]


def preview(app: "App", file: str, accounts: list[str]) -> dict[str, Any]:
    """What a post would say on each account, exactly as it would be sent."""
    from crosspost.app.preview import preview as preview_files
    from crosspost.app.preview_model import row

    seen, wrong = preview_files(app, [post_file(app, file)], app.chosen(accounts), drawn=False)
    if wrong:
        raise ConfigError(wrong[0].error)
    (post, _, shown) = seen[0]
    return {"post": post.id, "path": post.path, "url": post.url, "accounts": [row(one) for one in shown]}


def plan(app: "App", days: int) -> list[dict[str, Any]]:
    """What goes out when in the coming days, and why then."""
    from crosspost.app.forecast import forecast

    lines = forecast(app, timedelta(days=max(0, min(days, 366)))).lines
    names = ("account", "post", "title", "url", "why", "late")
    return [{"at": one.at.isoformat(), **{name: getattr(one, name) for name in names}} for one in lines[:_MOST]]


def status(app: "App") -> dict[str, Any]:
    """How each account is, what waits for a person, and what went out last."""

    def told(ledger: "Ledger") -> dict[str, Any]:
        from crosspost.app.overview import look

        seen = look(app, ledger)
        return {
            "accounts": [
                {"name": one.name, "network": one.network, "health": one.health, "why": one.why, "counts": one.counts}
                for one in seen.accounts
            ],
            "waiting": [_listed(one) for one in (*seen.waiting, *seen.stuck)],
            "out": [_listed(one) for one in seen.out],
        }

    return _with_ledger(app, told, {"accounts": [], "waiting": [], "out": []})


def to_approve(app: "App") -> list[dict[str, Any]]:
    """What waits for a person's yes, with its text."""
    from crosspost.app.editing.approval import waiting

    return [
        {
            "delivery": one.number,
            "post": one.delivery.post,
            "account": one.delivery.account,
            "title": one.title,
            "due_at": one.delivery.due_at.isoformat(),
            "texts": [part.text for part in (one.draft, *one.draft.parts)] if one.draft is not None else [],
            "error": one.error,
        }
        for one in waiting(app)[:_MOST]
    ]


def post_file(app: "App", name: str) -> Path:
    """The file of a post of this site.

    :param name: its path, seen from the site or from here, or its id
    :raises ConfigError: when the site has no such post; other files of the machine are nobody's business
    """
    for entry in app.source().paths():
        if name in (entry.id, entry.path) or Path(entry.path).resolve() == Path(name).resolve():
            return Path(entry.path)
    raise ConfigError(f"there is no post “{name}” on this site; the tool `posts` lists them")


def _listed(one: Any) -> dict[str, Any]:
    return {
        "delivery": one.id,
        "post": one.post,
        "title": one.title,
        "account": one.account,
        "state": one.state,
        "url": one.url,
        "said": one.error or one.why,
    }


def _with_ledger(app: "App", told: "Callable[[Ledger], dict[str, Any]]", without: dict[str, Any]) -> dict[str, Any]:
    from crosspost.app.ledger_access import no_ledger_yet, open_ledger

    if app.settings is None or no_ledger_yet(app):
        return without
    ledger = open_ledger(app, read_only=True)
    try:
        return told(ledger)
    finally:
        ledger.close()
