"""A local inbox: an SMTP door that keeps what it is sent, and a page to read it. Nothing leaves the machine."""
