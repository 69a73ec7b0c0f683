"""Requests for several roles at once: taken apart, searched side by side, merged."""
