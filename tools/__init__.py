"""The `psi` command and the builders of assets."""
