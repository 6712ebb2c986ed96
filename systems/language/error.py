"""What can be wrong with a text."""

from psi_ecs import PsiError


class TextError(PsiError):
    """Markup that cannot be read or a name that is not known; the message says where and what to write instead."""
