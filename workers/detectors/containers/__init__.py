"""Where a file keeps what it says of itself: one short, bounded walk for each family of containers."""
