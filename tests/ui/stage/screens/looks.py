import streamlit as st

PICTURE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E"
    "%3Crect width='8' height='8' fill='%23b78103'/%3E%3Ccircle cx='4' cy='4' r='2' fill='%23fff'/%3E%3C/svg%3E"
)
LINE = "05:16:29 spooler: job 8841 failed, the line goes on and on and on and on and on and on and on and on"
MARKDOWN = f"""<h2>What happens</h2>
<p>The printer <strong>grinds</strong> and then stops with <code>E-0x51</code>.
See <a href="https://example.org">the manual</a>, page 12.</p>
<ul><li>every morning</li><li>mostly after <em>long</em> jobs</li></ul>
<pre tabindex="0"><code>{LINE}</code></pre>
<blockquote><p>It did the same in March.</p></blockquote>
<table><thead><tr><th>Day</th><th>Pages</th></tr></thead><tbody><tr><td>Monday</td><td>120</td></tr></tbody></table>
<p>{"W" * 200}</p>"""
FILES = f"""<ul class="dk-files" aria-label="Files"><li><a class="dk-file" href="/files/1">
<img src="{PICTURE}" alt=""><span class="dk-file-name"><span>jam</span><span>.png</span></span>
<span class="dk-file-facts">PNG, 48 KB</span></a></li>
<li><a class="dk-file" href="/files/2">
<span class="dk-file-name"><span>{"long-name-" * 12}</span><span>.pdf</span></span>
<span class="dk-file-facts">PDF, 1.2 MB</span></a></li></ul>"""
NOTE = "<span class='dk-tag dk-lock'>Internal note, only staff can read it</span>"
KINDS = {
    "todo": "To-Do",
    "active": "In Progress",
    "blocked": "Blocked",
    "paused": "Pending",
    "done": "Completed",
}


def status(kind: str) -> str:
    return f"<span class='dk-status' data-kind='{kind}'><span>{KINDS[kind]}</span></span>"


def priority(level: str) -> str:
    return f"<span class='dk-priority' data-level='{level}'>{level.title()}</span>"


def entry(author: str, body: str, *, kind: str = "", tag: str = "", tone: int = 0, files: str = "") -> str:
    initials = "".join(part[0] for part in author.split()[:2])
    return f"""<li class="dk-entry {kind}">
    <span class="dk-avatar" data-tone="{tone}" aria-hidden="true">{initials}</span>
    <article class="dk-card"><header class="dk-head"><span class="dk-author">{author}</span>
    <span class="dk-role">edited</span>{tag}<time class="dk-time">3 min ago</time></header>
    <div class="dk-body"><div class="dk-markdown">{body}</div>{files}</div></article></li>"""


st.title("Printer on floor 2 jams")
left, right = st.columns([2, 1])
with left:
    marks = "".join(map(status, KINDS)) + "".join(map(priority, ["low", "normal", "high", "urgent"]))
    lock = "<span class='dk-tag dk-lock'>Confidential</span>"
    st.html(
        f"<div class='dk dk-facts'><span>#1060</span>{marks}{lock}<time class='dk-time'>yesterday</time></div>"
    )
    st.html(
        "<ol class='dk dk-talk' aria-label='Conversation'>"
        + entry("Zoë Ångström", MARKDOWN, files=FILES)
        + "<li class='dk-event'><p><b>Rita Agbaje</b> moved it from To-Do to In Progress, "
        "<time class='dk-time'>2 min ago</time></p></li>"
        + entry("Rita Agbaje", "<p>The vendor comes on <b>Tuesday</b>.</p>", kind="dk-note", tag=NOTE, tone=1)
        + entry("Tom Okafor-Lindqvist", "<p>Thank you, I will wait.</p>", tone=2)
        + entry("A very " + "very " * 12 + "long name", "<p>Me too.</p>", tone=3)
        + "</ol>"
    )
with right:
    facts = {
        "Status": status("active"),
        "Priority": priority("urgent"),
        "Assignee": "Rita Agbaje",
        "Requester": "zoe.angstroem.with.a.very.long.address@department.example.org",
        "Created": "<time class='dk-time'>yesterday</time>",
    }
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())
    st.html(f"<dl class='dk dk-panel'>{rows}</dl>")
    st.button("Assign to me", type="primary")
    st.button("Change status")
    with st.popover("More"):
        st.html(f"<div class='dk'>{status('done')}</div>")
st.html(
    """<div class="dk dk-empty"><h2>Nobody is waiting for you</h2><p>New tickets of your teams appear here.</p>
    <a class="dk-action" href="/new">New ticket</a></div>"""
)
