"""What the parties can do against a decision: counter-notice with its waiting time, appeal by a different person."""
