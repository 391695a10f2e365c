"""The user's own order of words: Jinja templates in a sandbox, loaded only when an account has one."""

import traceback
from functools import lru_cache
from typing import TYPE_CHECKING

from crosspost.compose.clean import clean
from crosspost.compose.pieces import Pieces, Render
from crosspost.errors import ConfigError
from crosspost.model import Post

if TYPE_CHECKING:
    from jinja2 import Template

_NAMES = "title, description, excerpt, body, url, hashtags, tags, author, date, site"


@lru_cache(maxsize=256)
def _compiled(source: str) -> "Template":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=False)
    return environment.from_string(source)


def _line(error: Exception) -> int:
    """Line of the template in which it failed, 0 when unknown."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == "<template>"]
    return getattr(error, "lineno", None) or (lines[-1] if lines and lines[-1] else 0)


def renderer(source: str, post: Post, account: str) -> Render:
    """A function that renders ``source`` with the pieces it is given.

    :raises ConfigError: (also later, when it renders) with account and line, when the template cannot be used
    """

    def refuse(error: Exception) -> ConfigError:
        line = _line(error)
        where = f", line {line}" if line else ""
        return ConfigError(f'account "{account}": its template{where}: {error}. A template may use: {_NAMES}.')

    try:
        template = _compiled(source)
    except Exception as error:  # Jinja raises many kinds; all of them are the template's fault
        raise refuse(error) from None

    def render(pieces: Pieces) -> str:
        try:
            text = template.render(
                title=pieces.title,
                description=pieces.description,
                excerpt=pieces.excerpt,
                body=pieces.body,
                url=pieces.link,
                hashtags=" ".join(pieces.hashtags),
                tags=list(post.tags),
                author=post.author,
                date=post.date,
                site=post.site,
            )
        except Exception as error:  # whatever a template does wrong, a person must correct the template
            raise refuse(error) from None
        return clean(text)

    return render
