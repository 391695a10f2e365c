"""Connects an account: a conversation, a trial, and only then something is written."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosspost.app.accounts.candidate import (
    Candidate,
    config_text,
    free_name,
    overriding,
    tried,
    valid_name,
)
from crosspost.app.accounts.user_changes import need_the_same, same_elsewhere
from crosspost.config import registry
from crosspost.config.config_edit import with_account, with_setting
from crosspost.config.secrecy import conceal
from crosspost.errors import ConfigError
from crosspost.networks.logins.dialog import Dialog, Question
from crosspost.text.disk_space import remedy

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.config.secret_places import Place
    from crosspost.networks.base import Network
    from crosspost.networks.logins.base import Connected, Desk, Login


@dataclass(frozen=True)
class Added:
    """An account that is in the config now.

    :ivar who: who it is there
    :ivar kept: where its secrets are; "" when it needs none
    """

    name: str
    network: str
    who: str
    url: str
    kept: str
    notes: tuple[str, ...] = field(default=())


def log_in(
    app: "App", network: str, dialog: Dialog, *, base_url: str = "", known: Mapping[str, Any] | None = None
) -> list["Connected"]:
    """Have the person connect an account of a network; writes nothing.

    :param base_url: another server for the network, such as the sandbox
    :param known: the account's table in the config, when it is renewed
    """
    login = login_of(registry.load(network), desk(app, dialog, base_url, known or {}))
    connected = login.connect()
    for found in connected:
        conceal(*(value for name, value in found.secrets.items() if name not in ("username", "handle")))
    return connected


def desk(app: "App", dialog: Dialog, base_url: str, known: Mapping[str, Any]) -> "Desk":
    """What a log-in works with."""
    from crosspost.networks.logins.base import Desk
    from crosspost.transport.session import Session

    return Desk(
        dialog=dialog,
        session=lambda: Session(read_timeout=30, deadline=60, clock=app.clock),
        clock=app.clock,
        sleep=time.sleep,
        base_url=base_url.rstrip("/"),
        site=_site(app),
        known=known,
    )


def login_of(cls: "type[Network]", at: "Desk") -> "Login":
    """The log-in of a network; one that has none of its own is asked for each credential."""
    from importlib import import_module

    module, _, name = (cls.login or "crosspost.networks.logins.typed:TypedLogin").partition(":")
    made: Login = getattr(import_module(module), name)(cls, at)
    return made


def add(app: "App", connected: list["Connected"], dialog: Dialog, place: "Place", *, name: str = "") -> list[Added]:
    """Try the accounts out and write them: the secrets to their place, the rest into the config.

    :param name: the name of the first; "" asks
    :raises ConfigError: when something cannot be written; then nothing was
    :raises DeliveryError: when a network does not accept the login
    """
    text = config_text(app)
    made: list[Candidate] = []
    for number, found in enumerate(connected):
        given = name if number == 0 else ""
        candidate = _named(app, found, dialog, text, given, [one.name for one in made])
        if candidate is None:
            continue
        text = candidate.text
        made.append(candidate)
    return _written(app, made, place, text) if made else []


def _named(app: "App", found: "Connected", dialog: Dialog, text: str, name: str, used: list[str]) -> Candidate | None:
    """The account under the name the person wants; None when they want none.

    :param used: names of the accounts that come with it
    """
    assert app.settings is not None  # noqa: S101  # for the type checker: `config_text` has looked
    taken = app.settings.accounts
    wanted = name or dialog.ask(
        Question(
            "name",
            f"A name for the {found.network} account in the config?" if used else "A name for it in the config?",
            default=free_name(found.name, {**taken, **dict.fromkeys(used)}),
            clean=lambda answer: valid_name(answer, used),
        )
    )
    if wanted in taken and not dialog.confirm(
        "replace", f"The config has an account {wanted} already. Connect that one again?", default=False
    ):
        return None
    if wanted in taken and taken[wanted].network != found.network:
        raise ConfigError(f"{wanted} is an account on {taken[wanted].network}; choose another name")
    candidate = tried(app, found, wanted, text)
    need_the_same(app, candidate, dialog)
    me = candidate.me
    dialog.say(f"Connected: {me.handle or me.id}" + (f" ({me.url})" if me.url else ""))
    if other := same_elsewhere(app, candidate):
        question = f"This is the account that the config calls {other}. Have it twice? Each post would go there twice."
        if not dialog.confirm("twice", question, default=False):
            return None
    for note in found.notes:
        dialog.say(note)
    for variable in overriding(wanted, found):
        dialog.say(f"{variable} is set in the environment. It is used instead of what is stored now: unset it.")
    return candidate


def _written(app: "App", made: list[Candidate], place: "Place", text: str) -> list[Added]:
    assert app.settings is not None  # noqa: S101  # for the type checker: `config_text` has looked
    file, before = app.settings.file, _bytes_of(place)
    try:
        for candidate in made:
            text = _forget_others(candidate, place, app.settings.accounts, text, file)
            extra = place.store(candidate.name, candidate.found.secrets) if candidate.found.secrets else {}
            if extra:
                text = with_account(text, candidate.name, extra, file=file)
        if place.key == "keyring" and not app.settings.secrets.keyring:
            text = with_setting(text, "secrets", "keyring", True, file=file)
        write_config(file, app.settings.text, text)
    except BaseException:
        _restore(place, before)
        raise
    return [
        Added(
            name=one.name,
            network=one.found.network,
            who=one.me.handle or one.me.id,
            url=one.me.url,
            kept=place.label if one.found.secrets else "",
            notes=tuple(place.notes) if one.found.secrets else (),  # those of the login were said when it was tried
        )
        for one in made
    ]


def _forget_others(candidate: Candidate, place: "Place", known: Mapping[str, Any], text: str, file: Any) -> str:
    """Forget the credentials of another way in and those kept elsewhere, which would go before the new ones.

    :returns: the config without a command that prints the old token
    """
    from crosspost.config.secret_places import Command, SecretsFile

    name = candidate.name
    if name not in known:
        return text
    fields = registry.load(candidate.found.network).credentials
    others = fields.keys() - candidate.found.secrets.keys()
    place.remove(name, dict.fromkeys(others, ""))
    if not isinstance(place, SecretsFile):
        SecretsFile(place.file).remove(name, fields)
    if known[name].token_cmd and not isinstance(place, Command):
        return with_account(text, name, {"token_cmd": None}, file=file)
    return text


def write_config(file: Path, before: str, text: str) -> None:
    """Replace the config, unless somebody changed it meanwhile.

    :raises ConfigError: when it cannot be written, or is not as it was read
    """
    import os
    from pathlib import Path

    from crosspost.config import atomic_file, toml_text

    if toml_text.read_text(file) != before:
        raise ConfigError(f"{file} was changed meanwhile; nothing was written, run it again")
    target = Path(os.path.realpath(file))
    try:
        atomic_file.write(target, text.encode(), mode=target.stat().st_mode & 0o777)
    except OSError as error:
        todo = remedy(error, "make its folder writable")
        raise ConfigError(f"{file} cannot be written: {error.strerror}; {todo}") from None


def _bytes_of(place: "Place") -> bytes | None:
    return place.file.read_bytes() if place.file.is_file() else None


def _restore(place: "Place", before: bytes | None) -> None:
    """The secrets file as it was: nothing half-written stays."""
    if _bytes_of(place) == before:
        return
    if before is None:
        place.file.unlink()
    else:
        place.file.write_bytes(before)


def _site(app: "App") -> str:
    """The address of the person's own site; "" when it is not known."""
    if app.settings is None:
        return ""
    from crosspost.errors import CrosspostError

    try:
        return str(app.source().url)
    except CrosspostError:
        return ""
