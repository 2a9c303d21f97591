"""ASGI layers around the app: request checks, security headers, live updates and redirects of moved pages."""

from web.live_updates import LiveUpdates
from web.log_capture import capture_logs
from web.moved_pages import moved_page_routes
from web.request_guard import RequestGuard
from web.security_headers import SecurityHeaders

__all__ = ["LiveUpdates", "RequestGuard", "SecurityHeaders", "capture_logs", "moved_page_routes"]
