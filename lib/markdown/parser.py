"""The Markdown parser: CommonMark with tables, strikethrough, automatic links, and line breaks as typed.

HTML and images are off. So are link definitions, which would disappear from the text, and headings by the line below,
which a signature's dashes would trigger.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import blockquote, hr, list_block, table

from lib.markdown import backslashes, limits, web_links


class _Markdown(MarkdownIt):
    def normalizeLink(self, url: str) -> str:
        """Return a URL as browsers send it. One that is too long is returned unchanged and then refused."""
        return super().normalizeLink(url) if len(url) <= web_links.MAX_LENGTH else url

    def validateLink(self, url: str) -> bool:
        """Return whether a URL is allowed in links."""
        return len(url) <= web_links.MAX_LENGTH and super().validateLink(url)


def _build_parser() -> MarkdownIt:
    made = _Markdown("commonmark", {"html": False, "breaks": True, "maxNesting": 2 * limits.MAX_DEPTH})
    made.enable(["table", "strikethrough"])
    made.disable(["image", "reference", "lheading", "html_block", "html_inline"])
    block, inline = made.block.ruler, made.inline.ruler
    block.before("table", "limits", limits.limit_blocks, {"alt": ["paragraph", "blockquote", "list"]})
    block.at("blockquote", limits.limit_depth(blockquote), {"alt": ["paragraph", "blockquote", "list"]})
    block.at("list", limits.limit_depth(list_block), {"alt": ["paragraph", "blockquote"]})
    block.at("hr", limits.limit_line_length(hr), {"alt": ["paragraph", "blockquote", "list"]})
    block.at("table", limits.limit_table(table), {"alt": ["paragraph"]})
    made.inline.terminator_re = re.compile(r"[\n&*:<\[\\\]_`~]")  # where a remaining rule may begin
    inline.at("escape", backslashes.escape)
    inline.before("escape", "web_links", web_links.link_address)
    made.core.ruler.after("block", "limits", limits.limit_cost)
    return made


_markdown = _build_parser()


def to_unsafe_html(source: str) -> str:
    """Return a text as HTML that must still be sanitized, at most about `limits.MAX_OUTPUT` characters long."""
    lines = source.replace("\r\n", "\n").split("\n")
    env = {"lines": lines, "cut": min(len(lines), limits.MAX_LINES)}
    made = _markdown.render("\n".join(lines[: limits.MAX_LINES]), env)
    if len(made) > limits.MAX_OUTPUT:
        made = _markdown.renderer.render(limits.build_as_typed(source), _markdown.options, {})
    return made
