"""What is written into a post's front matter: ``syndication``, and the keys of templates."""

from collections.abc import Collection, Mapping
from typing import Any

from crosspost.app.write_back.published_links import Link
from crosspost.errors import ConfigError
from crosspost.text.lazy_pattern import lazy

#: network or account → key of the front matter → text with {names}, or a table of such texts
Fields = Mapping[str, Mapping[str, str | Mapping[str, str]]]
#: the list of addresses, as themes and IndieWeb tools know it
KEY = "syndication"
_NAME = lazy(r"\{(\w*)\}")
_NAMES = Link.__struct_fields__


def keys(data: Mapping[str, Any], links: Collection[Link], gone: Collection[str], fields: Fields) -> dict[str, Any]:
    """The keys of the front matter that change → what they are to be.

    What stands under ``syndication`` already stays: of a list the other addresses, of a table the other networks.

    :param data: the front matter
    :param gone: addresses that were written and are not true any more
    :raises ConfigError: for a template that cannot be filled
    """
    wanted: dict[str, Any] = {KEY: _syndication(data.get(KEY), links, gone)}
    for link in links:
        wanted |= _filled(fields.get(link.account) or fields.get(link.network) or {}, link)
    return {name: value for name, value in wanted.items() if data.get(name) != value and (value or name in data)}


def check(fields: Fields) -> None:
    """Fill every template once.

    :raises ConfigError: for one that cannot be filled
    """
    for templates in fields.values():
        _filled(templates, Link(network="", account="", url="", when=""))


def _syndication(there: Any, links: Collection[Link], gone: Collection[str]) -> Any:
    if isinstance(there, dict):
        kept = {name: url for name, url in there.items() if url not in gone}
        return {**kept, **{link.network: link.url for link in links if link.url not in kept.values()}}
    said = there if isinstance(there, list) else [there] if isinstance(there, str) else []
    return list(dict.fromkeys([*(url for url in said if url not in gone), *(link.url for link in links)]))


def _filled(templates: Mapping[str, str | Mapping[str, str]], link: Link) -> dict[str, Any]:
    return {
        key: _text(said, key, link)
        if isinstance(said, str)
        else {name: _text(one, f"{key}.{name}", link) for name, one in said.items()}
        for key, said in templates.items()
    }


def _text(template: str, key: str, link: Link) -> str:
    known = {name: getattr(link, name) for name in _NAMES}
    if wrong := next((name for name in _NAME.findall(template) if name not in known), None):
        raise ConfigError(
            f"write_back_fields: `{key}` has {{{wrong}}}; a template may use: " + ", ".join(f"{{{n}}}" for n in _NAMES)
        )
    return _NAME.sub(lambda found: str(known[found[1]]), template)
