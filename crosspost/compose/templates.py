"""The user's own order of words: Jinja templates in a sandbox, loaded only when an account has one."""

import re
import traceback
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from crosspost.compose.clean import clean
from crosspost.compose.parts import Pieces, Render
from crosspost.errors import ConfigError
from crosspost.model import Post
from crosspost.text.near_names import nearest

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_NAMES = ("title", "description", "excerpt", "body", "url", "hashtags", "tags", "author", "date", "site")


@lru_cache(maxsize=256)
def _compiled(source: str) -> "Template":
    return _environment().from_string(source)


@cache
def _environment() -> "Environment":
    from crosspost.compose.template_bounds import Bounded

    return Bounded()


def _line(error: Exception) -> int:
    """Line of the template in which it failed, 0 when unknown."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == "<template>"]
    return getattr(error, "lineno", None) or (lines[-1] if lines and lines[-1] else 0)


def check(source: str, account: str) -> None:
    """Read a template without using it.

    :raises ConfigError: when it cannot be used
    """
    try:
        _compiled(source)
        unknown = _unknown(source)
    except Exception as error:  # as in renderer
        raise _refusal(error, account) from None
    if unknown:
        raise _refused(account, "", _not_known(unknown))


def _unknown(source: str) -> str:
    """A name that a template uses and that means nothing there, unless it asks whether there is one; "" when none."""
    from jinja2 import nodes
    from jinja2.meta import find_undeclared_variables

    tree = _environment().parse(source)
    asked = {name.name for test in tree.find_all(nodes.Test) for name in test.find_all(nodes.Name)}
    defaults = (one for one in tree.find_all(nodes.Filter) if one.name in ("default", "d"))
    asked |= {name.name for one in defaults for name in one.find_all(nodes.Name)}
    return min(find_undeclared_variables(tree) - asked - {*_NAMES, *_environment().globals}, default="")


def _not_known(name: str) -> str:
    near = nearest(name, _NAMES)
    return f"there is no “{name}”" + (f" (did you mean “{near}”?)" if near else "")


def _refusal(error: Exception, account: str) -> ConfigError:
    line = _line(error)
    said = str(error)[:300] or type(error).__name__
    undefined = re.fullmatch(r"'(\w+)' is undefined", said)
    return _refused(account, f", line {line}" if line else "", _not_known(undefined[1]) if undefined else said)


def _refused(account: str, where: str, said: str) -> ConfigError:
    names = ", ".join(_NAMES)
    return ConfigError(f'account "{account}": its template{where}: {said}. A template may use: {names}.')


def renderer(source: str, post: Post, account: str) -> Render:
    """A function that renders ``source`` with the pieces it is given.

    :raises ConfigError: (also later, when it renders) with account and line, when the template cannot be used
    """

    try:
        template = _compiled(source)
    except Exception as error:  # Jinja raises many kinds; all of them are the template's fault
        raise _refusal(error, account) from None

    def render(pieces: Pieces) -> str:
        from crosspost.compose.template_bounds import BUDGET, ROUNDS, rendered

        known = {
            "title": pieces.title,
            "description": pieces.description,
            "excerpt": pieces.excerpt,
            "body": pieces.body,
            "url": pieces.link,
            "hashtags": " ".join(pieces.hashtags),
            "tags": list(post.tags),
            "author": post.author,
            "date": post.date,
            "site": post.site,
        }
        try:
            return clean(rendered(template.generate(known, **{BUDGET: [ROUNDS]})))
        except Exception as error:  # whatever a template does wrong, a person must correct the template
            raise _refusal(error, account) from None

    return render
