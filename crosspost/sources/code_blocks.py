"""Where a Markdown text holds code, which nobody may change: one pattern for fenced blocks, HTML's and spans."""

#: for the beginning of a pattern with further alternatives; matches as group ``code``. Bounds keep what is never
#: closed from being searched for again from each of its characters.
CODE = (
    r"(?P<code>^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*(?:\n(?! {0,3}(?P=fence))[^\n]*)*(?:\n[^\n]*)?"
    r"|<(?P<element>pre|code|tt|kbd|script|style)\b[^>\n]{0,200}>[^<]{0,2000}(?=<)"
    r"|(?<!`)(?P<ticks>`{1,20})(?!`)[^\n]{0,1000}?(?<!`)(?P=ticks)(?!`))"
)
