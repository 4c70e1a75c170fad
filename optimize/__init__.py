"""Searches for better pay schemes and verifies them on fresh luck."""
