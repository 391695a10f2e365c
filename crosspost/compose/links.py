"""The address of a post, with the account's own parameters."""

from urllib.parse import quote, urlsplit, urlunsplit


def tagged(url: str, parameters: dict[str, str]) -> str:
    """``url`` with ``parameters`` in its query; what is there stays as it is, a parameter it has already wins."""
    if not url or not parameters:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an unclosed "[": nothing to add to
        return url
    have = {pair.split("=", 1)[0] for pair in parts.query.split("&")}
    added = [f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in parameters.items() if quote(k, safe="") not in have]
    return urlunsplit(parts._replace(query="&".join([*filter(None, [parts.query]), *added])))
