"""Finds code in Markdown, which must not be changed: one pattern for fenced blocks, HTML elements and spans."""

#: to be the first of a pattern's alternatives; matches as group ``code``. The bounds prevent quadratic time for code
#: that is never closed.
CODE = (
    r"(?P<code>^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*(?:\n(?! {0,3}(?P=fence))[^\n]*)*(?:\n[^\n]*)?"
    r"|<(?P<element>pre|code|tt|kbd|script|style)\b[^>\n]{0,200}>[^<]{0,2000}(?=<)"
    r"|(?<!`)(?P<ticks>`{1,20})(?!`)[^\n]{0,1000}?(?<!`)(?P=ticks)(?!`))"
)
