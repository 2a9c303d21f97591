"""Every text can be read in light and dark, and the one stylesheet agrees with the components."""

import tomllib
from pathlib import Path

import pytest

from tests.support import browser as browsers

ROOT = Path(__file__).parents[3]
ASSETS = ROOT / "ui" / "components" / "assets"
THEME = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
STYLE = (ROOT / "ui/shell/assets/docket.css").read_text()
FAMILIES = ["red", "orange", "yellow", "green", "blue", "violet", "gray"]
MODES = ["light", "dark"]


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", MODES)
def test_text_and_links_reach_aa_on_every_surface(mode):
    theme = THEME[mode]
    side = theme["sidebar"]
    surfaces = [
        theme["backgroundColor"],
        theme["secondaryBackgroundColor"],
        side["backgroundColor"],
        side["secondaryBackgroundColor"],
    ]
    for color in (theme["textColor"], theme["linkColor"]):
        assert min(contrast(color, surface) for surface in surfaces) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("family", FAMILIES)
def test_colored_text_reaches_aa_on_its_tint_and_on_the_page(mode, family):
    theme = THEME[mode]
    text = theme[f"{family}TextColor"]
    assert contrast(text, theme[f"{family}BackgroundColor"]) >= 4.5
    assert contrast(text, theme["backgroundColor"]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_white_can_be_read_on_the_main_button_which_stands_out_from_the_page(mode):
    assert contrast("#ffffff", THEME[mode]["primaryColor"]) >= 4.5
    assert contrast(THEME[mode]["primaryColor"], THEME[mode]["backgroundColor"]) >= 3


@pytest.mark.parametrize("part", ["marks.css", "markdown.css"])
def test_pages_and_components_share_their_marks(part):
    assert (ASSETS / part).read_text() in STYLE


def test_streamlit_keeps_the_stylesheet():
    assert "<" not in STYLE, "the sanitiser of st.html drops a style element in which a tag might begin"


@pytest.mark.browser
@pytest.mark.parametrize("stage", browsers.VIEWS, indirect=True, ids=lambda view: view.name)
def test_what_pages_show_fits_and_is_accessible(stage):
    page = stage.open("/looks")
    page.get_by_role("link", name="New ticket").last.wait_for()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth")
    browsers.check_accessibility(page)
    page.get_by_role("button", name="More").click()
    popover = page.locator(".dk-status").last
    popover.wait_for()
    shown = page.locator(".dk-status").first.evaluate("(mark) => getComputedStyle(mark).colorScheme")
    assert popover.evaluate("(mark) => getComputedStyle(mark).colorScheme") == shown
