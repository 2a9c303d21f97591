"""What people write is read as they meant it: paths, numbers and signatures stay, and what is escaped shows plainly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.markdown import rendering


def words(source):
    """What stands there, of a text of one paragraph."""
    return rendering.to_line(source)


STAYS = [
    r"\\fileserver\dept",
    r"C:\_temp\#1",
    r"\\server\share\_x",
    r"C:\Users\#x\*",
    r"C:\Program Files\_x\#1",
    r"C:\Program Files (x86)\_old\[1]",
    r"See C:\*.log and D:\*.log.",
    r"DOMAIN\_svc_backup and DOMAIN\_svc_print",
    r"%TEMP%\_x\_y",
    r"..\_build\_static",
    r"HKLM\Software\_x\-y",
    r"^\d+\.\d+\*\[a-z\]\(x\)$",
    r"\w\*\d\*\s",
    r"\(a\) and \[b\]",
    r"50\% of \$5 \& more",
    r"\frac{a\_1}{b\_2}",
    r"\{x\}",
    r'"C:\\Users\\x"',
    r"a\\b",
    "docker run \\\n--rm x".replace("\n", " "),
    r"path C:\Temp\ and so on",
    r"one \* only",
    r"snake\_case",
]


@pytest.mark.parametrize("source", STAYS)
def test_a_backslash_in_a_path_or_an_expression_stays(source):
    assert words(source) == source
    assert words(f"Look at {source} please") == f"Look at {source} please"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\*not bold\*", "*not bold*"),
        (r"\*\*not bold\*\*", "**not bold**"),
        (r"\_not soft\_", "_not soft_"),
        (r"\_private\_method\_", "_private_method_"),
        (r"\~~here\~~", "~~here~~"),
        (r"\`not code\`", "`not code`"),
        (r"\# not a title", "# not a title"),
        (r"1\. not a list", "1. not a list"),
        (r"1\) not a list", "1) not a list"),
        (r"\- not a list", "- not a list"),
        (r"\+ not a list", "+ not a list"),
        (r"\* not a list", "* not a list"),
        (r"\---", "---"),
        (r"\> not a quotation", "> not a quotation"),
        (r"\[not a link](http://example.org/x)", "[not a link](http://example.org/x)"),
        (r"\[not a link\]\(x\)", "[not a link](x)"),
        (r"\&amp;", "&amp;"),
        (r"http\://example.org", "http://example.org"),
        (r"\\*soft*", r"\soft"),
    ],
)
def test_a_backslash_escapes_what_would_format(source, shown):
    assert words(source) == shown
    html = rendering.to_html(source).removeprefix("<p>")
    assert (
        "<em>" in html
        if "soft*" in source
        else not {"<strong", "<em", "<h", "<l", "<code", "<s>"}
        & {f"<{tag}" for tag in ("strong", "em", "h1", "li", "code", "s>") if f"<{tag}" in html}
    )


@given(st.from_regex(r"[A-Z]:(\\[\w#.*~-]{1,8}){1,4}|\\\\[a-z]{1,8}(\\[\w#.*~-]{1,8}){1,4}", fullmatch=True))
def test_every_path_is_shown_as_it_was_typed(path):
    assert words(f"It is in {path}") == f"It is in {path}"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("3. Restart", '<ol start="3">\n<li>Restart</li>'),
        ("1. a\n\n```\nx\n```\n\n2. b", '<ol start="2">\n<li>b</li>'),
        ("> 3. Restart", '<ol start="3">\n<li>Restart</li>'),
        ("- 4. Restart", '<ol start="4">\n<li>Restart</li>'),
        ("0. First", '<ol start="0">'),
        ("1. First", "<ol>"),
    ],
)
def test_a_numbered_list_keeps_its_numbers(source, html):
    assert html in rendering.to_html(source)


@pytest.mark.parametrize(
    "source", ["Thanks\n-- \nKim", "Thanks\n--\nKim", "Thanks\n---\nKim", "Thanks\n-", "Thanks\n====\nKim"]
)
def test_what_is_under_a_paragraph_makes_no_title_of_it(source):
    html = rendering.to_html(source)
    assert "<p>Thanks" in html
    assert "<h" not in html.replace("<hr", "")


def test_no_line_vanishes():
    """CommonMark takes the first for the definition of a link, and shows nothing of it."""
    assert words("[ERROR]: timeout") == "[ERROR]: timeout"
    deep = "> " * 30 + "down here"
    assert "down here" in words(deep)
    assert "down here" in words("- " * 30 + "down here")


@pytest.mark.parametrize(
    ("source", "href"),
    [
        ("(see https://example.org/a)", "https://example.org/a"),
        ("https://example.org/wiki/X_(y).", "https://example.org/wiki/X_(y)"),
        ('"http://example.org/?a=1&b=2"', "http://example.org/?a=1&amp;b=2"),
        ("**https://example.org/**", "https://example.org/"),
        ("https://example.org/_a_b_c", "https://example.org/_a_b_c"),
        ("请看https://example.org/a。", "https://example.org/a"),
        ("mailto:kim@example.org.", "mailto:kim@example.org"),
        ("<https://example.org/a b>https://example.org/b", "https://example.org/b"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
    ],
)  # fmt: skip
def test_an_address_becomes_a_link_to_where_it_says(source, href):
    assert f'href="{href}"' in rendering.to_html(source)


@pytest.mark.parametrize(
    "source", ["xhttp://a", "http://", "http:// a", "https:/a", "mailto:x", "`http://a.b`", "ftp://a.b"]
)
def test_what_is_no_address_is_no_link(source):
    assert "<a" not in rendering.to_html(source)
