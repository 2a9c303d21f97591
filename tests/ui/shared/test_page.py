"""The address of a page inside Docket, to which a person returns after signing in."""

from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.shared import page


class Asked(dict):
    """Parameters of an address as Streamlit holds them."""

    def get_all(self, key):
        return [self[key]] if key in self else []


def here(url, **asked):
    """Return what `page.current_url` says while a browser names an address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            page, "st", SimpleNamespace(context=SimpleNamespace(url=url), query_params=Asked(asked))
        )
        return page.current_url()


def opened(url):
    """Return the server that a browser opens for a link on a page of Docket."""
    read = (
        "".join(c for c in url if c not in "\t\r\n").replace("\\", "/").strip("".join(map(chr, range(0x21))))
    )
    return urlsplit(urljoin("https://desk.example/tickets", read)).netloc


PATHS = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example",
    "/ /evil.example", "//",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_address_leads_to_another_server(path):
    assert opened(here(f"https://desk.example{path}")) == "desk.example"
    assert opened(here(f"https://desk.example/{path}?q=//evil.example", q="//evil.example")) == "desk.example"


@given(st.text(st.sampled_from("/\\:@#.\t\n\r x?\0"), max_size=12))
def test_whatever_the_browser_names_leads_into_docket(path):
    assert opened(here(f"https://desk.example/{path}")) == "desk.example"


def test_an_address_is_kept_with_its_parameters():
    url = "https://desk.example/ticket?id=44&token=x"
    assert here(url, id="44", token="x") == "/ticket?id=44"
    assert here("https://desk.example/") == "/"
    assert here(None) == "/"
