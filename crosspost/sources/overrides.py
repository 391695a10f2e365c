"""Parses the ``crosspost:`` mapping of a front matter: where, when and how a post goes out."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from typing import Any, get_args

from msgspec import structs

from crosspost.model import OnDelete, OnEdit, Override, Overrides
from crosspost.sources.dates import from_text
from crosspost.text.near_names import near_name, nearest, plain

_OWN = ("skip", "at", "text", "alt", "poll", "on_edit", "on_delete")
_KNOWN = (*_OWN, "only")
#: what a post says of itself, for all accounts alike
_OF_THE_POST = (
    "title", "description", "date", "lang", "tags", "thumbnail", "thumbnail_alt", "pictures", "video", "event",
)  # fmt: skip

Refuse = Callable[..., Exception]


def parse_overrides(value: Any, local: tzinfo, refuse: Refuse) -> Overrides:
    """Parse the ``crosspost:`` mapping.

    :param value: the value parsed by YAML; None for nothing, false for "skip everywhere"
    :param local: the time zone of times without one
    :param refuse: makes an error from a message and the keys that lead to the mistake (``refuse("…", "x", "at")``)
    :raises Exception: the error made by ``refuse``, for a value of the wrong type or an unknown key
    """
    if value is None or value is True:
        return Overrides()
    if value is False:
        return Overrides(everywhere=Override(skip=True))
    if not isinstance(value, dict):
        raise refuse("crosspost: needs lines below it, such as “skip: true”, or false after it")
    targets = {}
    for key, setting in value.items():
        name = _name(key)
        if name in _KNOWN:
            continue
        if setting is None or setting is True:
            targets[name] = _bare(value, key, refuse)
        elif setting is False:
            targets[name] = Override(skip=True)
        elif isinstance(setting, dict):
            targets[name] = _override(setting, local, refuse, name)
        elif said := of_the_post(name):
            raise refuse(f"crosspost: {said}", name)
        else:
            near = nearest(name, _KNOWN)
            hint = f"did you mean `{near}`? " if near else ""
            raise refuse(
                f'crosspost: does not know "{name}"; {hint}The name of a network or account needs lines below it, such '
                "as “text: …”",
                name,
            )
    everywhere = _override({key: value[key] for key in _KNOWN if key in value and key != "only"}, local, refuse)
    return Overrides(everywhere=everywhere, only=_only(value.get("only"), refuse), targets=targets)


def misspelt(data: Mapping[Any, Any]) -> str:
    """The key of a front matter that was meant as ``crosspost``, with something below it that only crosspost reads.

    Otherwise a post whose author wrote ``Crosspost: {skip: true}`` would go out everywhere. "" for none.
    """
    if "crosspost" in data:
        return ""
    for key, value in data.items():
        if not isinstance(key, str) or key[:1] not in "cC" or not isinstance(value, dict | bool):
            continue
        meant = plain(key) == "crosspost" or near_name(key, ("crosspost",)) != ""
        ours = value is False or (
            isinstance(value, dict)
            and any(_name(one) in _KNOWN or isinstance(said, dict) for one, said in value.items())
        )
        if meant and ours:
            return key
    return ""


def _bare(value: dict[Any, Any], key: Any, refuse: Refuse) -> Override:
    """What an account without settings says: nothing, unless the line after it was probably meant to stand below it."""
    names, name = [_name(one) for one in value], _name(key)
    after = names[names.index(name) + 1 :][:1]
    if value[key] is None and after and after[0] in _OWN:
        raise refuse(
            f"crosspost: {name}: has nothing below it, so `{after[0]}` would count for all; indent what belongs to "
            f"{name} further, or delete its line",
            name,
        )
    return Override()


def of_the_post(name: str) -> str:
    """What to do with a key below ``crosspost:`` that belongs above it; "" when it does not."""
    if name not in _OF_THE_POST:
        return ""
    return f"`{name}` is not said below crosspost: but at the front matter's left edge, as the title is"


def _override(given: dict[Any, Any], local: tzinfo, refuse: Refuse, *above: str) -> Override:
    where = "crosspost: " + "".join(f"{name}: " for name in above)
    skip, text = given.get("skip"), given.get("text")
    if skip is not None and not isinstance(skip, bool):
        raise refuse(f"{where}skip: should be true or false", *above, "skip")
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if text is not None and not isinstance(text, str):
        raise refuse(f"{where}text: should be a text", *above, "text")
    settings = {_name(key): value for key, value in given.items() if _name(key) not in _OWN}
    if "only" in settings:
        raise refuse(f"{where}only: belongs one level up, directly under crosspost:", *above, "only")
    at = _at(given.get("at"), local, lambda reason: refuse(f"{where}at: {reason}", *above, "at"))
    on_edit, on_delete = (
        _one_of(given.get(key), get_args(kinds), lambda reason, k=key: refuse(f"{where}{k}: {reason}", *above, k))  # type: ignore[misc]  # mypy and defaults
        for key, kinds in (("on_edit", OnEdit), ("on_delete", OnDelete))
    )
    alt = _alts(given.get("alt"), lambda reason: refuse(f"{where}alt: {reason}", *above, "alt"))
    poll = None
    if "poll" in given:
        from crosspost.sources.polls import parse_poll  # few posts have one

        poll = parse_poll(given["poll"], lambda reason, *at: refuse(f"{where}poll: {reason}", *above, "poll", *at))
    override = Override(skip=skip, at=at, text=text, alt=alt, poll=poll)
    return structs.replace(override, on_edit=on_edit, on_delete=on_delete, settings=settings)


def _alts(value: Any, refuse: Callable[[str], Exception]) -> dict[str, str]:
    """Parse alternative texts: one for the post's main picture, or one for each picture by its file's name."""
    if value is None:
        return {}
    if isinstance(value, str):
        return {"": value}
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return {_name(key): text for key, text in value.items()}
    raise refuse("should be a text, or the names of pictures with a text for each")


def _one_of(value: Any, known: tuple[Any, ...], refuse: Callable[[str], Exception]) -> Any:
    if value is None or value in known:
        return value
    raise refuse(f"should be {', '.join(known[:-1])} or {known[-1]}")


def _at(value: Any, local: tzinfo, refuse: Callable[[str], Exception]) -> datetime | None:
    """Parse a time; unlike Jekyll's ``date``, a time without a time zone is always in the site's time zone."""
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            return value if value.tzinfo else from_text(value.isoformat(" "), local)
        if isinstance(value, date | str) or (isinstance(value, int) and not isinstance(value, bool)):
            return from_text(str(value), local)
    except (ValueError, OverflowError) as error:
        raise refuse(str(error)) from None
    raise refuse("should be a time such as 2024-03-05 18:30")


def _only(value: Any, refuse: Refuse) -> tuple[str, ...]:
    if value is None:
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise refuse("crosspost: only: should be a name or a list of names of networks or accounts", "only")
    if not names:
        raise refuse("crosspost: only: is empty; add a name, or write crosspost: false to send it nowhere", "only")
    return tuple(name.strip() for name in names)


def _name(key: Any) -> str:
    # YAML reads bare words such as `y:` or `no:` as booleans, but no network has such a name
    return key if isinstance(key, str) else str(key)
