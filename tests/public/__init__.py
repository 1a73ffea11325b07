"""The public face through the eyes of a browser without scripts."""
