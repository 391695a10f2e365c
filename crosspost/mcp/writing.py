"""What an assistant may do: propose words, which a person approves, and publish what a person has approved."""

from typing import TYPE_CHECKING, Any

from crosspost.errors import ConfigError
from crosspost.mcp.reading import post_file, preview

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Person

#: who is written down as having done it
NAME = "assistant"


def propose_text(app: "App", file: str, account: str, text: str) -> dict[str, Any]:
    """Give a post another text on one account, kept beside the file; a person approves it before it goes out.

    :raises ConfigError: on an account where it would go out without a yes
    """
    from crosspost.app.editing.edit_proposal import apply, propose
    from crosspost.app.editing.edit_words import UNSET, Edit

    if account not in app.accounts():
        raise ConfigError(f"there is no account “{account}”; there are {', '.join(app.accounts())}")
    if account not in app.approves():
        raise ConfigError(
            f"{account} sends without asking anybody, so no text is proposed there; `approve = true` for it in the "
            "config has a person say yes first"
        )
    path = post_file(app, file)
    proposal = propose(app, path, account, Edit(text=text, at=UNSET, skip=UNSET), "ledger")
    apply(app, proposal, _person())
    shown = preview(app, file, [account])["accounts"][0]
    return {"diff": proposal.diff, "waits_for": "a person's yes", "preview": shown}


def publish(app: "App", file: str, accounts: list[str]) -> dict[str, Any]:
    """Publish a post now: on accounts that ask for a yes only where a person gave it, on others if the config allows.

    :raises ConfigError: when the config does not allow it
    """
    from crosspost.app.runner import check
    from crosspost.app.running.publish import PublishView
    from crosspost.app.running.publish import publish as publish_files

    chosen = app.chosen(accounts)
    free = [name for name in chosen if name not in app.approves()]
    if free and not (app.settings is not None and app.settings.mcp.publish):
        raise ConfigError(
            f"{', '.join(free)}: nobody has to say yes there, and an assistant does not publish by itself. A person "
            "can allow it with `publish = true` under [mcp] in the config, or publish it themselves"
        )
    path = post_file(app, file)
    check(app, chosen)
    told: list[str] = []
    view = PublishView()
    view.warn = told.append  # type: ignore[method-assign, assignment]  # it takes a sentence
    rows, wrong = publish_files(app, [path], chosen, view, named=bool(accounts))
    _note(app, rows)
    return {
        "deliveries": [
            {
                "delivery": row.id,
                "account": row.account,
                "state": row.state,
                "url": row.url,
                "said": row.error or row.why,
            }
            for row in rows
        ],
        "problems": [one.error for one in wrong],
        "warnings": told,
    }


def _note(app: "App", rows: Any) -> None:
    from crosspost.app.editing.audit_log import note

    for row in rows:
        if row.state == "sent":
            note(app, _person(), "publish", post=row.post, account=row.account)


def _person() -> "Person":
    from crosspost.ledger import Person

    return Person(name=NAME, origin="assistant")
