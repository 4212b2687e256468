"""A picture of where state lives: drawn as data first, so that each form only writes it down."""

from advisor.report.picture.draw import picture_of
from advisor.report.picture.parts import Kind, Link, Part, Picture

__all__ = ["Kind", "Link", "Part", "Picture", "picture_of"]
