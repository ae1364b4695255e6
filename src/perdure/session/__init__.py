"""What the user holds: sessions, their fetches and feeds."""

from perdure.graph.stacks import get_default_session
from perdure.session.interactive import InteractiveSession
from perdure.session.session import Session

__all__ = ["InteractiveSession", "Session", "get_default_session"]
