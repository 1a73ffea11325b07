"""`python -m demo.platform`: paint the demo data on the first start, then serve the platform on loopback."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from flask import Flask

from demo.platform.registered import offer
from demo.platform.seed import ensure_seeded
from demo.platform.site import Settings, create_site
from demo.platform.store import Store
from demo.serving import bind, serve


def main() -> int:
    """Command line to exit status. Secrets may come from LUMO_SECRET and LUMO_API_TOKEN,
    so that process lists need not show them.
    """
    parser = argparse.ArgumentParser(prog="demo.platform", description="Lumo, a demo content platform for Redress.")
    parser.add_argument("--port", type=int, default=8100, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder for its database and pictures")
    parser.add_argument("--redress-url", default="http://127.0.0.1:8000", help="where Redress answers")
    parser.add_argument("--secret", default=os.environ.get("LUMO_SECRET"), help="Standard Webhooks secret, whsec_…")
    parser.add_argument(
        "--api-token", default=os.environ.get("LUMO_API_TOKEN"), help="bearer token of the read-back API"
    )
    options = parser.parse_args()
    if not options.secret or not options.api_token:
        parser.error("--secret and --api-token are needed")
    options.data.mkdir(parents=True, exist_ok=True)
    ensure_seeded(Store(options.data))
    offer(Store(options.data))

    def site(port: int) -> Flask:
        return create_site(
            Settings(
                options.data.resolve(),
                f"http://127.0.0.1:{port}",
                options.redress_url,
                options.secret,
                options.api_token,
            )
        )

    try:
        server = bind(site, options.port)
    except ValueError as error:
        print(f"The webhook secret cannot be used: {error}", file=sys.stderr)
        return 2
    return serve(server, f"Demo platform is ready: http://127.0.0.1:{server.server_port}")


if __name__ == "__main__":
    sys.exit(main())
