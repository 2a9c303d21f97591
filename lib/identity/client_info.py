"""What a browser's request tells of itself, and how far it is believed."""

import ipaddress
import re

from lib.core import settings


def cookie_name() -> str:
    """Return the name of the sign-in cookie; over https its prefix makes browsers insist on Secure and path /."""
    return "__Host-docket" if settings.current().secure else "docket"


def resolve_address(peer: str | None, forwarded: str | None) -> str:
    """Return where a request came from: the peer, or behind `trusted_proxies` the address the outermost of them saw.

    What a client writes into X-Forwarded-For itself stands further left and is never reached.
    """
    hops = settings.current().trusted_proxies
    told = [part.strip() for part in (forwarded or "").split(",") if part.strip()]
    chosen = told[-hops] if hops and len(told) >= hops else peer or ""
    try:
        return str(ipaddress.ip_address(chosen))
    except ValueError:
        return "unknown"


def is_same_origin(*, site: str | None, origin: str | None) -> bool:
    """Tell whether an unsafe request comes from Docket's own pages (OWASP: Fetch Metadata, then Origin).

    A request with neither header comes from no browser, carries no ambient cookie, and is let through.
    """
    if site is not None:
        return site == "same-origin"
    return origin is None or origin.rstrip("/") == settings.current().base_url


def describe_browser(agent: str | None) -> str:
    """Return a browser and system in words, from its User-Agent."""
    agent = agent or ""
    browsers = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
        ("Mac OS", "macOS"), ("Linux", "Linux"),
    )  # fmt: skip
    browser = next((name for mark, name in browsers if mark in agent), "")
    system = next((name for mark, name in systems if mark in agent), "")
    known = " on ".join(filter(None, (browser, system)))
    return known or re.sub(r"[^\w ./-]", "", agent)[:60] or "Unknown browser"
