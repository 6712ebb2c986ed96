"""Errors that people read: one line that names the place and the remedy."""


class PsiError(Exception):
    """Base of every error this library raises on purpose."""


class AssetError(PsiError):
    """A file or asset is missing or cannot be read."""


class SnapshotError(PsiError):
    """Saved bytes are damaged, from a newer version, or do not fit this program."""


class ScheduleError(PsiError):
    """The systems of an app cannot be put in one certain order."""


class EntityError(PsiError):
    """An entity is dead, or lacks what was asked of it."""
