"""Costs as ratios, never as times; `make bench` runs them all."""
