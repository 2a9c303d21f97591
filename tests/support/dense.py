"""Texts of the longest permitted length that ask as much of a reader of text as they can."""

from lib.core.text import BODY_LIMIT


def repeat_piece(piece: str, *, before: str = "", after: str = "") -> str:
    """Return a piece over and over until a text is full."""
    return before + piece * ((BODY_LIMIT - len(before) - len(after)) // len(piece)) + after


def build_table(columns: int, *, filled: int | None = None, cell: str = "a") -> str:
    """Return a table of so many columns, of which so many are filled in each row."""
    head = "|" + "a|" * columns + "\n|" + "-|" * columns + "\n"
    return (head + repeat_piece("|" + f"{cell}|" * (filled or columns) + "\n"))[:BODY_LIMIT]


PIECES = [
    "@a ", "@a", "@a,", "@a b c d e f g h i j ", "@a.b.c.d.e ", "@a#1 ", "@", "#44 ", "a|b\n-|\n", "a\n", "a\n\n",
    "\n", "*a", "*a ", "a*", "*a* ", "**a** ", "***a* b** ", "*a_b", "**a_b~~", "_a ", "~~a~~ ", "~~a ", "a**b", "*",
    "_", "~", "[", "[]", "[a]", "[a](b) ", "[a](", "[a](<b", '[a](b "', "[a](((", "![a](b) ", "![", "![[]()",
    "[a](http://b) ", "[a]: b\n", "[a\n", "[a]:\n", "[a]: b '\n", "\\[", "`", "`a` ", "\\` `", "```\n", "```a\n\n",
    "~~~\na\n~~~\n", "&amp;", "&", "&a", "&#x", "&nbsp;", "<", "<a", "<a@b", "<http://", "<http://a.b>", "<a@b.c>",
    "<!--", "<?", "<![CDATA[", "http://", "http://a ", "http://a.b ", "http://a.b/(", "http://a.b/ä ", "http:",
    "//a.b ", "mailto:a@b.c ", "mailto:", "a@b.c ", "www.a.b ", "> a\n", "> > > > > a\n", "> " * 19 + "a\n", ">",
    "> ", ">\n", ">\t", "- a\n", "- a\n\n", "-\n", "- ", "+ - * ", "- " * 10 + "a\n", "1. a\n", "1. ", "1. a\n1) a\n",
    "- a\n+ a\n* a\n", "- > - > - > a\n", "- > " * 9 + "a\n", "# a\n", "#", "#\n", "a\n-\n", "a\n=\n", "---\n",
    "    a\n", "    a\n\n", "\\*", "\\", "\\a", "a\\\n", "a  \n", "a" + " " * 100 + "\n", "\t", "a\t", "-\t", "|",
    "|\n", "\\|", "a\n-|-\n", "$\\frac{a}{b}$ ", "C:\\Users\\x_y\\#1 ", '{"a": [1, {"b_c": "*d*"}]}, ', "</mark>",
    "999999999. a\n",
    "新しいプリンターで。", "\ufdfa", "\ufdfa ", "ß", "\u3300", "\u0301\u0316", "a\u0316\u0301", "\u0f73",
    "\u0344", "\uff9e\u0301", "각", "\u1100\u1161\u11a8", "😀", "\u00a0", "a ",
    "The printer on the third floor does not print since Monday. ",
]  # fmt: skip

DENSE_TEXTS = [
    *map(repeat_piece, PIECES),
    *(build_table(columns) for columns in (1, 2, 20, 39, 40, 60, 500, 12_000)),
    *(build_table(columns, filled=1) for columns in (2, 20, 39, 100, 500)),
    build_table(30, cell="**a**"),
    "a" + "\u0301" * 24_000 + "\u0316" * 24_000,
    repeat_piece("b", before="[a]: ", after="\n\n" + "[a]" * 9_000),
    repeat_piece("- ", after="a"),
    repeat_piece("* ", after="a"),
    repeat_piece("a\n", before="> " * 9 + "a\n"),
    repeat_piece("a\n", before="> - " * 4 + "a\n"),
    repeat_piece("a" * 50, before="http://"),
    repeat_piece("(", before="http://a.b/"),
    repeat_piece("ä.", before="http://", after="b"),
    repeat_piece("a.", before="mailto:", after="@b.c"),
    repeat_piece("(", before="[a](", after=")"),
    "".join("`" * n + " " for n in range(1, 310)),
    "".join("*" * n + "a " for n in range(1, 310)),
    "".join("  " * n + "- a\n" for n in range(200)),
]
"""Each a piece over and over, or one of a kind."""
