"""The API, for programs and Docket's own components: as thin as the pages, with the same gate behind."""

from api.application import app
from api.sign_in import routes as sign_in_routes
from api.standing import health
from api.unsubscribe import routes as unsubscribe_routes

__all__ = ["app", "health", "sign_in_routes", "unsubscribe_routes"]
