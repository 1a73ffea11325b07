"""Two stand-alone processes for trying Redress: a small content platform and a mail inbox."""
