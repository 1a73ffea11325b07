"""Pictures of the demo platform, painted by code: nothing here is anybody's photograph or painting unless it says so."""
