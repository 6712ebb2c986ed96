"""What tests of memories share."""

from pathlib import Path

import pytest
from made import entry

from psi_ecs.systems.formats.memory import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with two hundred entries."""
    with Store(tmp_path / "mira.psimem", "mira") as store:
        for n in range(200):
            store.add(entry(n))
        store.put("mood", b"fair")
    return tmp_path / "mira.psimem"
