"""What is said of several sites alike is told once."""

from collections.abc import Mapping, Sequence

#: so many sites each have their own part; of more than these, what is the same is said once
FEW = 5


def without_name(name: str, text: str) -> str:
    """A sentence with NAME where it names the folder, the table or the schema of a site: the same then for others.

    >>> without_name("club", "state/sites/club/ledger.sqlite3 is empty: see [sites.club]")
    'state/sites/NAME/ledger.sqlite3 is empty: see [sites.NAME]'
    >>> without_name("club", "postgresql:///posts?options=-csearch_path%3D%22club%22: it cannot be reached")
    'postgresql:///posts?options=-csearch_path%3D%22NAME%22: it cannot be reached'
    """
    where = {f"/{name}/": "/NAME/", f"[sites.{name}]": "[sites.NAME]", f"%22{name}%22": "%22NAME%22"}
    for own, same in where.items():
        text = text.replace(own, same)
    return text


def by_what_is_said(said: Mapping[str, Sequence[str]]) -> list[tuple[str, list[str]]]:
    """Each sentence once, with the sites of which it is said, in the order in which they came.

    :param said: name of a site → its sentences

    >>> by_what_is_said({"a": ["No sites/a/x."], "b": ["No sites/b/x.", "Nothing in sites/b/."]})
    [('No sites/NAME/x.', ['a', 'b']), ('Nothing in sites/b/.', ['b'])]
    """
    found: dict[str, dict[str, str]] = {}
    for name, sentences in said.items():
        for sentence in sentences:
            found.setdefault(without_name(name, sentence), {})[name] = sentence
    return [(text if len(own) > 1 else next(iter(own.values())), list(own)) for text, own in found.items()]
