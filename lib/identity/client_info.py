"""What a browser's request says about its origin, and how far that can be trusted."""

import ipaddress
import re

from lib.core import settings


def cookie_name() -> str:
    """Return the name of the sign-in cookie. Over HTTPS, its prefix makes browsers require Secure and path /."""
    return "__Host-docket" if settings.current().secure else "docket"


def resolve_address(peer: str | None, forwarded: str | None) -> str:
    """Return a request's client address: `peer`, or the address seen by the outermost of the `trusted_proxies`.

    Entries that a client puts into X-Forwarded-For itself are further left and never used.
    """
    hops = settings.current().trusted_proxies
    told = [part.strip() for part in (forwarded or "").split(",") if part.strip()]
    chosen = told[-hops] if hops and len(told) >= hops else peer or ""
    try:
        return str(ipaddress.ip_address(chosen))
    except ValueError:
        return "unknown"


def is_same_origin(*, site: str | None, origin: str | None) -> bool:
    """Return whether an unsafe request comes from Docket's own pages (OWASP: Fetch Metadata, then Origin).

    A request with neither header is not from a browser, so it carries no ambient cookie and is allowed.
    """
    if site is not None:
        return site == "same-origin"
    return origin is None or origin.rstrip("/") == settings.current().base_url


def describe_browser(agent: str | None) -> str:
    """Return the browser and operating system of a User-Agent, in words."""
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
