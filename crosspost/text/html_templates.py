"""HTML from Jinja templates. What is put in is always escaped, and a name that a template does not know is an error.

Templates lie in a folder ``templates`` beside the code that fills them. Jinja is imported with the first page.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def environment(*packages: str) -> "Environment":
    """An environment with the templates of these packages; making one reads no file, so keep it.

    Templates mark their words with ``_(…)`` for translation; until somebody installs one, they stay as they are.

    :param packages: dotted names; of two templates with one name, that of the first package counts
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    return made


def macro(templates: "Environment", template: str, name: str) -> "Callable[..., Markup]":
    """A macro of a template as a function: the HTML it returns is not escaped again in another template."""
    found: Callable[..., Markup] = getattr(templates.get_template(template).module, name)
    return found
