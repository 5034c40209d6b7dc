"""Running things on this machine: `edgechat up` and its parts, `gateway --workers`, and what starts again what died."""
