"""Remedies that several causes bring, each with what to try and what to write."""
