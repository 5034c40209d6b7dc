"""`edgechat feed`: adds, shows, changes and removes feeds while everything runs."""
