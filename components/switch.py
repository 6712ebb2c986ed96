"""What can be switched off, to measure what it is worth."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec import field as default

from psi_ecs import App, PsiError

PARTS = {
    "koopman": "states are stepped instead of read off closed forms; nothing is steered to its clock's frequency, nor foretold",
    "grammar": "constraints are measured but not held",
    "coupling": "oscillators turn alone",
    "emotion": "nothing is felt, by voice, face or field",
    "memory": "no pattern is recalled, and couplings do not change with what turns together",
}
"""Names that `Switches.off` may hold, and what is then different."""


class Switches(Struct):
    """Resource: parts that are switched off (ablation)."""

    off: list[str] = default(default_factory=list)


def switches(app: App) -> None:
    """Plugin: everything is on, unless the app says otherwise already."""
    if Switches not in app.world.resources:
        app.add(Switches())


def switched(off: Iterable[str]) -> Switches:
    """Switches with these parts off. PsiError with the known names if there is no such part."""
    names = sorted(set(off))
    for name in names:
        if name not in PARTS:
            raise PsiError(f"no part {name!r} to switch off; there are {', '.join(PARTS)}")
    return Switches(names)
