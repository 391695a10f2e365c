"""Jekyll's additions to Liquid for python-liquid: filters for addresses, and tags that render to nothing.

Only imported when a text contains Liquid.
"""

from collections.abc import Iterable
from typing import Any, TextIO

from liquid import Environment, Node, RenderContext, Tag, Token, TokenStream
from liquid.ast import BlockNode
from liquid.builtin import DictLoader
from liquid.filter import string_filter, with_context
from liquid.parser import get_parser
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG

from crosspost.sources.liquid_bounds import bounded


class NothingNode(Node):
    """Renders to nothing."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:  # noqa: ARG002 - the library's signature
        """Write nothing."""
        return 0


class NothingTag(Tag):
    """A tag of Jekyll or a plug-in that is not supported: include, gist, seo …"""

    block = False

    def parse(self, stream: TokenStream) -> Node:
        """Parse the tag and its arguments."""
        token = stream.current
        if stream.peek.kind == TOKEN_EXPRESSION:
            next(stream)
        return NothingNode(token)


class CodeNode(Node):
    """``{% highlight ruby %}…{% endhighlight %}`` as a fenced code block."""

    def __init__(self, token: Token, language: str, block: BlockNode) -> None:
        super().__init__(token)
        self.language, self.block = language, block

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write the block between fences."""
        count = buffer.write(f"\n```{self.language}\n")
        count += self.block.render(context, buffer)
        return count + buffer.write("\n```\n")

    def children(self, static_context: RenderContext, *, include_partials: bool = True) -> Iterable[Node]:  # noqa: ARG002
        """Yield the block."""
        yield self.block


class HighlightTag(Tag):
    """Jekyll's ``highlight``."""

    name = "highlight"
    end = "endhighlight"

    def parse(self, stream: TokenStream) -> Node:
        """Read up to the closing tag."""
        token = stream.eat(TOKEN_TAG)
        language = ""
        if stream.current.kind == TOKEN_EXPRESSION:
            language = (stream.current.value.split() or [""])[0]
            next(stream)
        block = get_parser(self.env).parse_block(stream, (self.end,))
        stream.expect(TOKEN_TAG, value=self.end)
        return CodeNode(token, language, block)


class Tags(dict[str, Tag]):
    """The known tags; every other tag renders to nothing, so that a plug-in's tag does not fail the post."""

    def __init__(self, known: dict[str, Tag], nothing: Tag) -> None:
        super().__init__(known)
        self.nothing = nothing

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002 - the library passes its own default
        """The tag, or the one that renders to nothing."""
        return super().get(key, self.nothing)


def _address(context: RenderContext, kind: str, value: str) -> str:
    """Call the post's own address function, passed with the variables because the environment is shared."""
    known: Any = context.globals["crosspost_addresses"]
    return str(known[kind](value))


@with_context
@string_filter
def relative_url(value: str, *, context: RenderContext) -> str:
    """Jekyll's ``relative_url``."""
    return _address(context, "relative", value)


@with_context
@string_filter
def absolute_url(value: str, *, context: RenderContext) -> str:
    """Jekyll's ``absolute_url``."""
    return _address(context, "absolute", value)


def make_environment(max_output: int) -> Environment:
    """Create the environment in which posts are rendered.

    :param max_output: the maximum size of the result, in bytes
    """

    class Bounded(Environment):
        loop_iteration_limit = 2_000
        output_stream_limit = max_output
        local_namespace_limit = 1024 * 1024
        context_depth_limit = 20

    environment = Bounded(loader=DictLoader({}), strict_filters=False)
    nothing = NothingTag(environment)
    for gone in ("include", "render"):
        environment.tags[gone] = nothing
    environment.tags["highlight"] = HighlightTag(environment)
    environment.tags = Tags(environment.tags, nothing)
    own = {"relative_url": relative_url, "absolute_url": absolute_url}
    environment.filters = bounded(environment.filters | own)
    return environment
