"""Timings and comparisons, apart from the tests: never asserted."""
