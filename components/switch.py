"""What can be switched off, to measure what it is worth."""

from msgspec import Struct
from msgspec import field as default

PARTS = {
    "koopman": "between knots the state is stepped, border by border, instead of read off its closed form",
    "grammar": "constraints are measured but not held",
    "coupling": "oscillators turn alone",
    "emotion": "nothing is felt, by voice, face or field",
}
"""Names that `Switches.off` may hold, and what is then different."""


class Switches(Struct):
    """Resource: parts that are switched off (ablation)."""

    off: list[str] = default(default_factory=list)
