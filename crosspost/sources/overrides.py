"""The ``crosspost:`` mapping of a front matter: what a post says about where, when and how it goes out."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Any, get_args

from crosspost.model import OnDelete, OnEdit, Override, Overrides
from crosspost.sources.dates import from_text
from crosspost.text.near_names import nearest

_OWN = ("skip", "at", "text", "on_edit", "on_delete")
_KNOWN = (*_OWN, "only")

Refuse = Callable[..., Exception]


def parse_overrides(value: Any, local: tzinfo, refuse: Refuse) -> Overrides:
    """Read the ``crosspost:`` mapping.

    :param value: what YAML made of it; None for nothing, false for "skip everywhere"
    :param local: the zone in which times without one are meant
    :param refuse: makes the error from a sentence and the keys that lead to the place (``refuse("…", "x", "at")``)
    :raises Exception: what ``refuse`` makes, for a value of the wrong kind or a key that is neither known nor a target
    """
    if value is None or value is True:
        return Overrides()
    if value is False:
        return Overrides(everywhere=Override(skip=True))
    if not isinstance(value, dict):
        raise refuse("crosspost: should be a mapping, such as crosspost: {skip: true}")
    targets = {}
    for key, said in value.items():
        name = _name(key)
        if name in _KNOWN:
            continue
        if said is None or said is True:
            targets[name] = Override()
        elif said is False:
            targets[name] = Override(skip=True)
        elif isinstance(said, dict):
            targets[name] = _override(said, local, refuse, name)
        else:
            near = nearest(name, _KNOWN)
            hint = f"did you mean `{near}`? " if near else ""
            raise refuse(f'crosspost: does not know "{name}"; {hint}A network or account needs a mapping', name)
    everywhere = _override({key: value[key] for key in _KNOWN if key in value and key != "only"}, local, refuse)
    return Overrides(everywhere=everywhere, only=_only(value.get("only"), refuse), targets=targets)


def _override(said: dict[Any, Any], local: tzinfo, refuse: Refuse, *above: str) -> Override:
    where = "crosspost: " + "".join(f"{name}: " for name in above)
    skip, text = said.get("skip"), said.get("text")
    if skip is not None and not isinstance(skip, bool):
        raise refuse(f"{where}skip: should be true or false", *above, "skip")
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if text is not None and not isinstance(text, str):
        raise refuse(f"{where}text: should be a text", *above, "text")
    settings = {_name(key): value for key, value in said.items() if _name(key) not in _OWN}
    if "only" in settings:
        raise refuse(f"{where}only: belongs one level up, directly under crosspost:", *above, "only")
    at = _at(said.get("at"), local, lambda reason: refuse(f"{where}at: {reason}", *above, "at"))
    on_edit, on_delete = (
        _one_of(said.get(key), get_args(kinds), lambda reason, k=key: refuse(f"{where}{k}: {reason}", *above, k))  # type: ignore[misc]  # mypy and defaults
        for key, kinds in (("on_edit", OnEdit), ("on_delete", OnDelete))
    )
    return Override(skip=skip, at=at, text=text, on_edit=on_edit, on_delete=on_delete, settings=settings)


def _one_of(value: Any, known: tuple[Any, ...], refuse: Callable[[str], Exception]) -> Any:
    if value is None or value in known:
        return value
    raise refuse(f"should be {', '.join(known[:-1])} or {known[-1]}")


def _at(value: Any, local: tzinfo, refuse: Callable[[str], Exception]) -> datetime | None:
    """Read a moment; unlike Jekyll's ``date``, a time without a zone is always meant in the zone of the site."""
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
        raise refuse("crosspost: only: is empty; name somebody, or write crosspost: false to send it nowhere", "only")
    return tuple(name.strip() for name in names)


def _name(key: Any) -> str:
    # the network X is written `x:`; a bare `y:` or `no:` would be a word for YAML, but these are no networks
    return key if isinstance(key, str) else str(key)
