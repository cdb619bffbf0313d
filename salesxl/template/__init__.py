"""The template engine: bands, expressions, and the lint of templates.

Owns what a template may hold, and what becomes of it. Refuses: business rules; what goes in was computed
before. ``salesxl.render`` is its front door.
"""
