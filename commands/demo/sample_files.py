"""The files that people attach in the stories, made here so that none has to be shipped."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

LOG = "\n".join(
    f"2{minute % 4}:{minute:02d}:0{minute % 7} scanner-7 "
    + ("roam candidate ap-office rssi -81 … kept" if minute % 5 else "link lost row 44, retry in 3 s")
    for minute in range(11, 59)
)
HEADERS = """Return-Path: <invoice@hollls-brandt.example>
Received: from mx3.cheap-host.example (203.0.113.77) by mail.hollisbrandt.example; 05:58:12 +0000
Authentication-Results: mail.hollisbrandt.example; spf=fail; dkim=none
From: "Hollls & Brandt Accounting" <invoice@hollls-brandt.example>
Subject: Invoice 4471
"""
PRICES = "article;supplier;price;currency\n" + "\n".join(
    f"77{n:02d}-B;{4400 + n % 7};{3.2 + n * 1.15:.2f};{('EUR', 'CZK', 'PLN')[n % 3]}" for n in range(40)
)


def _draw_screen() -> bytes:
    """Draw the meeting room's screen without its green."""
    picture = Image.new("RGB", (960, 540), (120, 20, 140))
    draw = ImageDraw.Draw(picture)
    for n, height in enumerate((180, 260, 220, 330, 390)):
        draw.rectangle((140 + n * 140, 470 - height, 230 + n * 140, 470), fill=(220, 60, 230))
    draw.text((140, 40), "Quarterly review", fill=(255, 190, 255), font_size=42)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _draw_offer() -> bytes:
    """Draw an offer on one page."""
    page = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(page)
    draw.text((60, 60), "Offer 2213", fill="black", font_size=34)
    lines = ("Floor-standing centrifuge R-9, 6 x 1000 ml", "Weight 340 kg, four feet 60 x 60 mm",
             "Delivery 6 weeks, carried to the room", "Price on request of the purchaser")  # fmt: skip
    for n, line in enumerate(lines):
        draw.text((60, 150 + n * 36), line, fill="black", font_size=18)
    out = io.BytesIO()
    page.save(out, "PDF")
    return out.getvalue()


MAKERS: dict[str, Callable[[], bytes]] = {
    "centrifuge-offer.pdf": _draw_offer,
    "fjord-screen.png": _draw_screen,
    "mail-headers.txt": HEADERS.encode,
    "prices.csv": PRICES.encode,
    "scanner-log.txt": LOG.encode,
}
