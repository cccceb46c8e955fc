"""Renderers: a report in, text out. They are pure."""
