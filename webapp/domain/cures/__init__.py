"""What the account can put right by itself before anyone punishes: one-tap cures, and the live challenge."""
