"""The API, for programs and Docket's own components: as thin as the pages, with the same gate behind."""

from api.app.application import app
from api.app.health import health
from api.app.sign_in import routes as sign_in_routes
from api.app.unsubscribe import routes as unsubscribe_routes

__all__ = ["app", "health", "sign_in_routes", "unsubscribe_routes"]
