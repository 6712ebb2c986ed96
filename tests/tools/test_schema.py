"""`psi schema`: printed or written, it is the schema that comes along."""

import json
from pathlib import Path

from click.testing import CliRunner

from psi_ecs.asset import package_folder
from psi_ecs.tools.cli import psi


def test_printed_written_and_kept_are_the_same(tmp_path: Path) -> None:
    printed = CliRunner().invoke(psi, ["schema"]).output
    out = tmp_path / "s.json"
    assert CliRunner().invoke(psi, ["schema", "-o", str(out)]).output.strip() == str(out)
    kept = (package_folder("assets") / "schema" / "scene.schema.json").read_text(encoding="utf-8")
    assert printed == out.read_text(encoding="utf-8") == kept
    assert json.loads(kept)["$schema"].endswith("2020-12/schema")


def test_every_scene_that_comes_along_names_it() -> None:
    for path in package_folder("scenes").glob("*.toml"):
        assert path.read_text(encoding="utf-8").startswith("#:schema ../assets/schema/scene.schema.json\n"), path.name
