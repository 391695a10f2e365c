"""Removes leftovers of other systems: shortcodes of WordPress and Hugo, BBCode, block tags of Octopress.

Those with a Markdown equivalent are converted (a picture with its caption, a quotation, code, an address); other tags
are removed, but the text between them stays. Bracketed words of a sentence (``[sic]``, ``[1]``) and code are unchanged.
Sources: https://codex.wordpress.org/Shortcode_API, https://gohugo.io/content-management/shortcodes/, checked
2026-11-25.
"""

import re
from collections.abc import Iterator

from crosspost.sources.code_blocks import CODE
from crosspost.text.lazy_pattern import lazy

_CAPTIONS = frozenset(["caption", "wp_caption"])
_QUOTES = frozenset(["quote", "blockquote", "pullquote"])
_CODES = frozenset(["code", "sourcecode", "codeblock", "highlight"])
# these contain an address, or nothing to read
_HOSTS = frozenset("embed youtube vimeo tweet twitter instagram soundcloud spotify gist dailymotion ted video".split())  # noqa: SIM905
_UNREAD = frozenset(
    """
    audio gallery playlist latex katex math mermaid footnote footnotes efn_note ref fn poll slideshow figure comment
    """.split()  # noqa: SIM905 - one text is easier to add to
)
_PAIRS = _CAPTIONS | _QUOTES | _CODES | _HOSTS | _UNREAD | {"img"}
# may be alone on a line without attributes
_ALONE = _HOSTS | _UNREAD | frozenset("toc TOC archives sitemap contact-form contact-form-7 nextpage".split())  # noqa: SIM905
_SHORTCODE = lazy(
    rf"{CODE}"
    r"|(?<![\\\[!])\[(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9_-]{0,40})(?P<given>(?:[\s=][^\[\]]{0,1000})?)\](?![(:{])",
    re.MULTILINE,
)
_CLOSER = lazy(r"\[/([A-Za-z][A-Za-z0-9_-]{0,40})\]")
_DEFINED = lazy(r"^ {0,3}\[([A-Za-z][A-Za-z0-9_-]{0,40})\]:", re.MULTILINE)
_ATTRIBUTE = lazy(r"[\s\w-]=\s*(?:[\"'“”«]|&quot;|&#8221;)")
_PLAIN_ATTRIBUTE = lazy(r"\s[\w-]+=\S")
_TARGET = lazy(r"\s+(?:https?://\S+|[\w-]*[\d_][\w-]*)\s*")
_WEB = lazy(r"https?://[^\s<>]+")
_PICTURE = lazy(r"\s*((?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?|\[?!\[[^\]]*\]\([^()]*\)(?:\]\([^()]*\))?)")
_CAPTION = lazy(r"\bcaption=[\"']([^\"']*)[\"']")
_LANGUAGE = lazy(r"\b(?:lang|language)=[\"']?([\w+#-]+)")
_HUGO = lazy(rf"{CODE}|(?P<open>\{{\{{[<%])|(?P<raw>\{{%-?\s*raw\b)", re.MULTILINE)
_HUGO_NAME = lazy(r"\s*(/?)\s*([\w./-]*)")
_HUGO_END = lazy(r"\{\{[<%]\s*/\s*([\w-]+)")
_BLOCK = lazy(rf"{CODE}|\{{%-?\s*(?P<name>[a-z]+)\b(?P<given>[^%\n]{{0,500}})%\}}", re.MULTILINE)
# kramdown: a paragraph with a class such as "caption" or "figcaption"
_CAPTION_CLASS = lazy(r"^([^\n]+)\n\{:[^}\n]{0,200}\.[\w-]{0,40}caption\b[^}\n]{0,200}\}[ \t]*$", re.MULTILINE)


def without_template_tags(text: str) -> str:
    """Remove Hugo's shortcodes, and plug-ins' block tags for quotations, code or unreadable content; before Liquid."""
    if "{{<" in text or "{{%" in text:
        text = "".join(_without_hugo(text))
    return "".join(_without_blocks(text)) if "{%" in text else text


def without_shortcodes(text: str) -> str:
    """Remove WordPress's shortcodes and BBCode, and mark kramdown's captions; after Liquid."""
    if "{:" in text and "caption" in text:
        text = _CAPTION_CLASS.sub(lambda found: f"<figcaption>{found[1]}</figcaption>", text)
    return "".join(_without_shortcodes(text)) if "[" in text else text


def _without_hugo(text: str) -> Iterator[str]:
    at, ends = 0, True
    while (mark := _HUGO.search(text, at)) is not None:
        if not mark["open"]:  # code, or a raw block
            end = max(text.find("endraw", mark.end()), mark.end()) if mark["raw"] else mark.end()
            yield text[at:end]
            at = end
            continue
        end = text.find((">}}" if mark["open"] == "{{<" else "%}}"), mark.end()) + 3
        if end < 3:  # never closed
            break
        yield text[at : mark.start()]
        at = end
        closing, name = _HUGO_NAME.match(text, mark.end()).groups()  # type: ignore[union-attr]  # it always matches, if only an empty string
        code = ends and name in _CODES and not closing
        closed = _HUGO_END.search(text, end) if code else None
        ends = ends and not (code and closed is None)
        if closed is not None and closed[1] == name:
            yield _fenced(text[end : closed.start()], "")
            at = closed.start()
    yield text[at:]


def _without_blocks(text: str) -> Iterator[str]:
    at = 0
    never_closed = {"highlight", "comment"}  # these are Liquid's own
    while (mark := _BLOCK.search(text, at)) is not None:
        name, end = mark["name"] or "", None
        if name in _QUOTES | _CODES | _UNREAD and name not in never_closed:
            end = re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}").search(text, mark.end())
        if end is None:
            never_closed.add(name)
            yield text[at : mark.end()]
            at = mark.end()
        else:
            yield text[at : mark.start()] + _as_markdown(name, mark["given"], text[mark.end() : end.start()])
            at = end.end()
    yield text[at:]


def _without_shortcodes(text: str) -> Iterator[str]:
    at = 0
    last = {closer[1]: closer.start() for closer in _CLOSER.finditer(text)}
    links, opened = set(_DEFINED.findall(text)), set[str]()
    while (mark := _SHORTCODE.search(text, at)) is not None:
        name, given = mark["name"] or "", mark["given"] or ""
        yield text[at : mark.start()]
        at = mark.end()
        if not name or name in links:
            yield mark[0]
        elif mark["end"]:
            yield "" if name in opened or name in _PAIRS else mark[0]
        elif last.get(name, -1) >= at:
            opened.add(name)
            if name in _PAIRS:
                close = text.find(f"[/{name}]", at)
                yield _as_markdown(name, given, text[at:close])
                at = close + len(name) + 3
        elif not _is_shortcode(mark, name, given):
            yield mark[0]
    yield text[at:]


def _is_shortcode(mark: re.Match[str], name: str, given: str) -> bool:
    """Whether an unclosed bracket is a shortcode: by its attributes, or by its name if alone on a line."""
    if _ATTRIBUTE.search(given):
        return True
    if name not in _ALONE:
        return False
    before, after = mark.string[max(0, mark.start() - 100) : mark.start()], mark.string[mark.end() : mark.end() + 100]
    if not before.rpartition("\n")[2].strip() and not after.partition("\n")[0].strip():
        return True
    return bool(_PLAIN_ATTRIBUTE.search(given) or (name in _HOSTS and _TARGET.fullmatch(given)))


def _as_markdown(name: str, given: str, held: str) -> str:
    """The content of a pair of tags as Markdown."""
    if name in _CAPTIONS:
        return _captioned(held, given)
    if name in _QUOTES:
        return "\n\n" + "\n".join(f"> {line}" for line in held.strip().split("\n")) + "\n\n"
    if name in _CODES:
        language = _LANGUAGE.search(given)
        return _fenced(held, language[1] if language else "")
    address = held.strip()
    if name == "img":
        return f"![](<{address}>)" if address and "\n" not in address else ""
    return f"\n\n<{address}>\n\n" if name in _HOSTS and _WEB.fullmatch(address) else ""


def _captioned(held: str, given: str) -> str:
    """A picture and its caption in a form that is recognised later."""
    picture = _PICTURE.match(held)
    if picture is None:
        return ""
    named = _CAPTION.search(given)
    caption = " ".join((held[picture.end() :] or (named[1] if named else "")).split())
    if picture[1].startswith("<"):
        return f"\n\n<figure>{' '.join(picture[1].split())}<figcaption>{caption}</figcaption></figure>\n\n"
    return f"\n\n{picture[1]}\n" + (f"*{caption.replace('*', '')}*\n\n" if caption else "\n")


def _fenced(code: str, language: str) -> str:
    return f"\n\n````{language}\n{code.strip(chr(10))}\n````\n\n"
