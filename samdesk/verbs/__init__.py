"""What the `samdesk` command does without a window. Imports no Qt."""
