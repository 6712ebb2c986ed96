"""Conditions for systems: states of an app, and every so many ticks."""

from collections.abc import Callable
from enum import Enum

from msgspec import Struct, field

from .world import World


class States(Struct):
    """Resource: the current value of each state, by the name of its Enum, and what changes at the next tick."""

    now: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    """States that ended with this tick's change."""

    def set(self, state: Enum) -> None:
        """Change to `state` at the next tick's start."""
        self.wanted[type(state).__name__] = state.name

    def turn(self) -> None:
        """Take over what is wanted. The app calls this at each tick's start."""
        self.left = {k: self.now.get(k, "") for k, v in self.wanted.items() if self.now.get(k) != v}
        self.now.update(self.wanted)
        self.wanted = {}


def in_state(state: Enum) -> Callable[[World], bool]:
    """True while the app is in `state`."""
    return lambda world: world.resource(States).now.get(type(state).__name__) == state.name


def entered(state: Enum) -> Callable[[World], bool]:
    """True in the one tick in which `state` began."""
    return lambda world: type(state).__name__ in world.resource(States).left and in_state(state)(world)


def left(state: Enum) -> Callable[[World], bool]:
    """True in the one tick in which `state` had just ended."""
    return lambda world: world.resource(States).left.get(type(state).__name__) == state.name
