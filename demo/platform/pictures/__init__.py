"""Pictures of the demo platform, painted by code unless a file says otherwise."""
