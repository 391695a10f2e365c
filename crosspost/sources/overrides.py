"""Parses the ``crosspost:`` mapping of a front matter: where, when and how a post goes out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import partial
from typing import Any, get_args

from crosspost.model import OnDelete, OnEdit, Override, Overrides
from crosspost.sources.dates import from_text
from crosspost.sources.mapping import Mistake, Mistakes
from crosspost.text.near_names import near_name, nearest, plain

_OWN = ("skip", "at", "text", "alt", "poll", "on_edit", "on_delete")
_KNOWN = (*_OWN, "only")
#: what a post says of itself, for all accounts alike
_OF_THE_POST = (
    "title", "description", "date", "lang", "tags", "thumbnail", "thumbnail_alt", "pictures", "video", "event",
)  # fmt: skip

#: what could be meant at the left edge; not `text` and `alt`, which sites have for themselves
_AT_THE_EDGE = ("skip", "only", "at", "poll", "on_edit", "on_delete")


def parse_overrides(value: Any, local: tzinfo, wrong: Mistakes) -> Overrides:
    """Parse the ``crosspost:`` mapping.

    :param value: the value parsed by YAML; None for nothing, false for "skip everywhere"
    :param local: the time zone of times without one
    :param wrong: takes every mistake, with the keys that lead to it; what is returned is without the values of these
    """
    if value is None or value is True:
        return Overrides()
    if value is False:
        return Overrides(everywhere=Override(skip=True))
    if not isinstance(value, dict):
        wrong.append(Mistake("needs lines below it, such as “skip: true”, or false after it"))
        return Overrides()
    targets: dict[str, Override] = {}
    names = [*map(_name, value), ""]
    for name, after, setting in zip(names, names[1:], value.values(), strict=False):
        if name not in _KNOWN:
            said = wrong.read(partial(_target, name, setting, after, local, wrong), None)
            targets |= {name: said} if said is not None else {}
    everywhere = _override({key: value[key] for key in _KNOWN if key in value and key != "only"}, local, wrong)
    return Overrides(everywhere=everywhere, only=wrong.read(lambda: _only(value.get("only")), ()), targets=targets)


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


def _target(name: str, setting: Any, after: str, local: tzinfo, wrong: Mistakes) -> Override:
    """What stands below the name of an account or a network; ``after`` is the key that follows it."""
    if setting is None and after in _OWN:
        raise Mistake(
            f"{name}: has nothing below it, so `{after}` would count for all; "
            f"indent what belongs to {name} further, or delete its line",
            name,
        )
    if setting is None or isinstance(setting, bool):
        return Override(skip=True if setting is False else None)
    if isinstance(setting, dict):
        here = Mistakes()
        found = _override(setting, local, here)
        wrong += [mistake.below(target=name) for mistake in here]
        return found
    if said := of_the_post(name):
        raise Mistake(said, name)
    near = nearest(name, _KNOWN)
    hint = f"did you mean `{near}`? " if near else ""
    raise Mistake(
        f"does not know “{name}”; {hint}The name of a network or account needs lines below it, such as “text: …”", name
    )


def of_the_post(name: str) -> str:
    """What to do with a key below ``crosspost:`` that belongs above it; "" when it does not."""
    if name not in _OF_THE_POST:
        return ""
    return f"`{name}` is not said below crosspost: but at the front matter's left edge, as the title is"


def misplaced(data: Mapping[Any, Any], local: tzinfo, mistakes: Callable[[Overrides], Sequence[Mistake]]) -> list[str]:
    """A warning for each key at the front matter's left edge that would be a valid setting below ``crosspost:``.

    ``skip: true`` there would send a post that was to stay at home. Tables of accounts are looked at, too.

    :param data: the front matter
    :param local: the time zone of times without one
    :param mistakes: what is wrong with such a mapping, given the configured accounts
    """

    def would_be_valid(said: dict[Any, Any]) -> bool:
        wrong = Mistakes()
        found = parse_overrides(said, local, wrong)
        return not wrong and not mistakes(found)

    return [
        f"`{key}` stands at the front matter's left edge, where nothing reads it; it belongs below crosspost:"
        for key, value in data.items()
        if (key in _AT_THE_EDGE or (isinstance(value, dict) and key not in ("crosspost", "event")))
        and value not in (None, False, {})
        and would_be_valid({key: value})
    ]


def _override(given: dict[Any, Any], local: tzinfo, wrong: Mistakes) -> Override:
    settings = {_name(key): value for key, value in given.items() if _name(key) not in _OWN}
    if "only" in settings:
        wrong.append(Mistake("only: belongs one level up, directly under crosspost:", "only"))
    poll = None
    if "poll" in given:
        from crosspost.sources.polls import parse_poll  # few posts have one

        here = Mistakes()
        poll = parse_poll(given["poll"], here)
        wrong += [mistake.below("poll") for mistake in here]
    return Override(
        poll=poll,
        skip=wrong.read(lambda: _skip(given.get("skip")), None),
        at=wrong.read(lambda: _at(given.get("at"), local), None),
        text=wrong.read(lambda: _text(given.get("text")), None),
        alt=wrong.read(lambda: _alts(given.get("alt")), {}),
        on_edit=wrong.read(lambda: _one_of(given.get("on_edit"), "on_edit", get_args(OnEdit)), None),
        on_delete=wrong.read(lambda: _one_of(given.get("on_delete"), "on_delete", get_args(OnDelete)), None),
        settings=settings,
    )


def _skip(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise Mistake("skip: should be true or false", "skip")


def _text(value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if value is None or isinstance(value, str):
        return value
    raise Mistake("text: should be a text", "text")


def _alts(value: Any) -> dict[str, str]:
    """Parse alternative texts: one for the post's main picture, or one for each picture by its file's name."""
    if value is None:
        return {}
    if isinstance(value, str):
        return {"": value}
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return {_name(key): text for key, text in value.items()}
    raise Mistake("alt: should be a text, or the names of pictures with a text for each", "alt")


def _one_of(value: Any, key: str, known: tuple[Any, ...]) -> Any:
    if value is None or value in known:
        return value
    raise Mistake(f"{key}: should be {', '.join(known[:-1])} or {known[-1]}", key)


def _at(value: Any, local: tzinfo) -> datetime | None:
    """Parse a time; unlike Jekyll's ``date``, a time without a time zone is always in the site's time zone."""
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            return value if value.tzinfo else from_text(value.isoformat(" "), local)
        if isinstance(value, date | str) or (isinstance(value, int) and not isinstance(value, bool)):
            return from_text(str(value), local)
    except (ValueError, OverflowError) as error:
        raise Mistake(f"at: {error}", "at") from None
    raise Mistake("at: should be a time such as 2024-03-05 18:30", "at")


def _only(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise Mistake("only: should be a name or a list of names of networks or accounts", "only")
    if not names:
        raise Mistake("only: is empty; add a name, or write crosspost: false to send it nowhere", "only")
    return tuple(name.strip() for name in names)


def _name(key: Any) -> str:
    # YAML reads bare words such as `y:` or `no:` as booleans, but no network has such a name
    return key if isinstance(key, str) else str(key)
