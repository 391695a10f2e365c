"""A post's Markdown as HTML that every mail program shows: styles inline, addresses absolute, nothing executable.

What mail programs understand: https://www.caniemail.com (``style`` attributes nearly everywhere, ``<style>`` with
``prefers-color-scheme`` in most). A program that ignores ``<style>`` shows the light colours.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crosspost.markup import html_to_text, make_parser, pictures
from crosspost.text.html_templates import environment, macro

if TYPE_CHECKING:
    from jinja2 import Environment
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markupsafe import Markup

#: Gmail cuts a mail off at about 102,400 bytes of HTML
MOST_HTML = 100_000
#: width in pixels at which a picture is shown on a wide screen
WIDTH = 600

_STYLES = {
    "a": "color:#0b57a4",
    "blockquote": "margin:16px 0;padding:0 0 0 14px;border-left:4px solid #c4c9cf",
    "code": "font-family:ui-monospace,Consolas,monospace;font-size:14px",
    "pre": "white-space:pre-wrap;overflow-wrap:anywhere;font-family:ui-monospace,Consolas,monospace;font-size:14px",
    "h1": "font-size:24px;line-height:1.3;margin:24px 0 12px",
    "h2": "font-size:20px;line-height:1.3;margin:24px 0 12px",
    "h3": "font-size:17px;line-height:1.3;margin:20px 0 10px",
    "hr": "border:0;border-top:1px solid #c4c9cf;margin:24px 0",
    "img": "display:block;width:100%;max-width:600px;height:auto;border:0",
    "p": "margin:0 0 16px",
    "page": (
        "max-width:600px;margin:0 auto;padding:20px 16px;background:#ffffff;color:#1c1e21;font-size:16px;"
        "line-height:1.5;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
    ),
    "td": "border:1px solid #c4c9cf;padding:4px 8px",
    "th": "border:1px solid #c4c9cf;padding:4px 8px",
}
#: languages that are written from the right (CLDR)
_RIGHT_TO_LEFT = {
    "apc", "ar", "arc", "bal", "bgn", "ckb", "dv", "fa", "he", "ks", "lrc", "mzn", "nqo", "ps", "rhg", "sd", "sdh",
    "skr", "syr", "trw", "ug", "ur", "yi",
}  # fmt: skip


def page(title: str, blocks: "Sequence[Markup]", language: str) -> str:
    """A whole HTML document around ``blocks`` of finished HTML.

    :param title: plain text
    :param language: BCP 47 tag, "" for unknown
    """
    return (
        _templates()
        .get_template("mail.html")
        .render(
            title=title,
            blocks=blocks,
            language=language,
            direction="rtl" if language.split("-", maxsplit=1)[0].lower() in _RIGHT_TO_LEFT else "auto",
        )
    )


def heading(text: str) -> "Markup":
    """A heading out of plain text."""
    return _block("heading")(text)


def paragraphs(text: str) -> "Markup":
    """Plain text as paragraphs; its addresses become links."""
    from markupsafe import Markup

    blocks = [[_words(line) for line in block.splitlines()] for block in text.split("\n\n") if block.strip()]
    return Markup("\n").join(map(_block("paragraph"), blocks))


def link(url: str, label: str) -> "Markup":
    """A paragraph with one link."""
    return _block("link")(url, label)


def picture(url: str, alt: str) -> "Markup":
    """A picture on the web, as wide as the text."""
    return _block("picture")(url, alt)


def rule() -> "Markup":
    """A line across the text."""
    return _block("rule")()


def body(markdown: str, base: str) -> "list[Markup]":
    """Markdown as blocks of HTML, one per paragraph, list, table …

    Raw HTML in the text becomes its plain text and its pictures: a mail must not carry what a mail program might run.

    :param base: the post's address; relative links and pictures are resolved against it
    """
    from markupsafe import Markup

    parser = _parser()
    return [
        Markup(parser.renderer.render(block, parser.options, {"base": base}).strip())  # noqa: S704  # it escapes all text
        for block in _top_blocks(parser.parse(markdown), base)
    ]


def _top_blocks(tokens: "Sequence[Token]", base: str) -> "Iterator[list[Token]]":
    block: list[Token] = []
    for token in tokens:
        _dress(token, base)
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


def _dress(token: "Token", base: str) -> None:
    """Give a token its style, and make its addresses absolute."""
    kind = "pre" if token.type in ("fence", "code_block") else token.tag  # both say that they are "code"
    if token.nesting >= 0 and kind in _STYLES:
        token.attrSet("style", "; ".join(filter(None, (_STYLES[kind], str(token.attrGet("style") or "")))))
    for name in ("href", "src"):
        if (address := token.attrGet(name)) is not None:
            token.attrSet(name, absolute(str(address), base))
    if token.tag == "img":
        token.attrSet("width", str(WIDTH))
    for child in token.children or []:
        _dress(child, base)


def absolute(address: str, base: str) -> str:
    """``address`` as seen from ``base``; "" when it is none a mail may link to (only http, https, mailto and tel)."""
    try:
        whole = urljoin(base, address)
        return whole if urlsplit(whole).scheme in ("http", "https", "mailto", "tel") else ""
    except ValueError:  # "http://[": not an address
        return ""


@cache
def _parser() -> "MarkdownIt":
    parser = make_parser()
    parser.add_render_rule("html_block", _html_block)
    parser.add_render_rule("html_inline", _html_inline)
    return parser


# markdown-it-py hands its renderer to a rule as the first argument
def _html_block(_self: object, tokens: "Sequence[Token]", at: int, _options: object, env: dict[str, str]) -> str:
    source = tokens[at].content
    shown = (picture(absolute(src, env["base"]), alt) for src, alt in pictures(source))
    return "\n".join([*shown, paragraphs(html_to_text(source).replace("\n", "\n\n"))])


def _html_inline(_self: object, tokens: "Sequence[Token]", at: int, _options: object, env: dict[str, str]) -> str:
    source = tokens[at].content
    if source.lower().startswith("<br"):
        return "<br>"
    return "".join(picture(absolute(src, env["base"]), alt) for src, alt in pictures(source))


def _words(line: str) -> list[tuple[str, str]]:
    """The words of a line, each as the address that it begins with or "", and the text after that."""
    words = []
    for word in line.split(" "):
        url = word.rstrip(".,;:!?)")
        known = url.startswith(("http://", "https://", "mailto:")) and len(url) > 8
        words.append((url, word[len(url) :]) if known else ("", word))
    return words


@cache
def _templates() -> "Environment":
    made = environment("crosspost.compose.formats")
    made.globals |= {"styles": _STYLES, "width": WIDTH}
    return made


@cache
def _block(name: str) -> "Callable[..., Markup]":
    return macro(_templates(), "mail_blocks.html", name)
