"""Which Markdown is read: CommonMark with tables, strikethrough, links of bare addresses, and line breaks as typed.

Without HTML, pictures, and what makes more or less of a text than stands there: definitions of links, which vanish, and
headings by the line below, which a signature's dashes would make.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import blockquote, hr, list_block, table

from lib.markdown import backslashes, limits, web_links


class _Markdown(MarkdownIt):
    def normalizeLink(self, url: str) -> str:
        """Return an address as browsers send it; one that is too long stays as it is and is refused then."""
        return super().normalizeLink(url) if len(url) <= web_links.MAX_LENGTH else url

    def validateLink(self, url: str) -> bool:
        """Tell whether a link may lead there."""
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
    made.inline.terminator_re = re.compile(r"[\n&*:<\[\\\]_`~]")  # where a rule begins that is left
    inline.at("escape", backslashes.escape)
    inline.before("escape", "web_links", web_links.link_address)
    made.core.ruler.after("block", "limits", limits.limit_cost)
    return made


_markdown = _build_parser()


def to_unsafe_html(source: str) -> str:
    """Return a text as HTML that has yet to be cleaned, at most about `limits.MAX_OUTPUT` characters long."""
    lines = source.replace("\r\n", "\n").split("\n")
    env = {"lines": lines, "cut": min(len(lines), limits.MAX_LINES)}
    made = _markdown.render("\n".join(lines[: limits.MAX_LINES]), env)
    if len(made) > limits.MAX_OUTPUT:
        made = _markdown.renderer.render(limits.build_as_typed(source), _markdown.options, {})
    return made
