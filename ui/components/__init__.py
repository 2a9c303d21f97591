"""Docket's own browser components, served as files by Streamlit so that no inline script is needed."""

from ui.components.registration import register

__all__ = ["register"]
