"""A function and its adjoint side by side, with what was decided, as one HTML page."""

from adjoint.report.page import framed, page

__all__ = ["framed", "page"]
