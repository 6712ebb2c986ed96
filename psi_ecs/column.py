"""Components: classes whose fields are NumPy columns, one row an entity.

A component is declared like a dataclass. Called, it holds values to spawn with; handed out by a query, the same class is a
view whose attributes are the live columns of one table.
"""

import hashlib
from collections.abc import Callable
from typing import Any, Generic, TypeVar, dataclass_transform, get_args, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .error import PsiError

T = TypeVar("T")
D = TypeVar("D", bound=np.generic)
# One a line: only so are they type aliases to mypy.
bool_ = np.bool_
f32 = np.float32
f64 = np.float64
i8 = np.int8
i16 = np.int16
i32 = np.int32
i64 = np.int64
u8 = np.uint8
u32 = np.uint32
u64 = np.uint64


NOBODY = 2**64 - 1
"""What a column of entities holds where there is none: an id that never lives."""


class Field:
    """What is known of one column: dtype, shape of one row's value, default, unit, range and meaning."""

    __slots__ = ("default", "doc", "dtype", "entity", "high", "low", "shape", "unit")

    def __init__(
        self,
        unit: str = "",
        low: float | None = None,
        high: float | None = None,
        default: Any = 0,
        shape: tuple[int, ...] = (),
        doc: str = "",
        entity: bool = False,
    ) -> None:
        """Keep the description; `component` fills in the dtype."""
        self.unit, self.low, self.high, self.shape, self.doc, self.entity = unit, low, high, shape, doc, entity
        self.default = NOBODY if entity and default == 0 else default
        self.dtype: np.dtype[Any] = np.dtype(np.float64)


def field(
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    default: Any = 0,
    shape: tuple[int, ...] = (),
    doc: str = "",
    entity: bool = False,
) -> Any:
    """Describe a column. `low` and `high` are what the field is meant to hold; they are documented, not clamped.

    `entity` says that it holds entity ids (u64, `NOBODY` unless told), so that merging a snapshot can rename them.
    """
    return Field(unit, low, high, default, shape, doc, entity)


class Col(Generic[D]):
    """A field that is one NumPy column: written from anything array-like, read as an array."""

    def __init__(self, name: str) -> None:
        """A column called `name`."""
        self.name = name

    @overload
    def __get__(self, obj: None, owner: type) -> "Col[D]": ...
    @overload
    def __get__(self, obj: object, owner: type) -> NDArray[D]: ...
    def __get__(self, obj: object | None, owner: type) -> "Col[D] | NDArray[D]":
        """The column of a view."""
        if obj is None:
            return self
        if self.name not in obj.__dict__:  # declared values that are silent about it
            obj.__dict__[self.name] = fields(owner)[self.name].default
        return obj.__dict__[self.name]  # type: ignore[no-any-return]

    def __set__(self, obj: object, value: ArrayLike) -> None:
        """Write into the column in place; before the component has rows, keep the value."""
        live = obj.__dict__.get("_live")
        if live is None:
            obj.__dict__[self.name] = value
        elif value is not (column := live[self.name]):  # after `view.x += y` it is
            column[...] = value


REGISTRY: dict[str, type] = {}
"""Component classes by name; names are unique so that snapshots can find them."""


def fields(cls: type) -> dict[str, Field]:
    """The fields of a component class."""
    found: dict[str, Field] | None = cls.__dict__.get("__psi_fields__")
    if found is None:
        raise PsiError(f"{cls.__name__} is not a component; decorate it with @component")
    return found


def schema(cls: type) -> str:
    """Hash of a component's name, version and column layout."""
    layout = [(n, f.dtype.str, f.shape) for n, f in fields(cls).items()]
    return hashlib.blake2b(repr((cls.__name__, cls.__psi_version__, layout)).encode(), digest_size=8).hexdigest()  # type: ignore[attr-defined]


Columns = dict[str, NDArray[Any]]
Upgrade = Callable[[int, Columns], Columns]


@overload
def component(cls: type[T], /) -> type[T]: ...
@overload
def component(*, version: int = 1, upgrade: Upgrade | None = None) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(field_specifiers=(field,))
def component(cls: type[T] | None = None, /, *, version: int = 1, upgrade: Upgrade | None = None) -> Any:
    """Declare a component. `upgrade(old_version, old_columns) -> columns` brings saved rows of an older version up to date."""

    def declare(cls: type[T]) -> type[T]:
        known = REGISTRY.get(cls.__name__)
        if known is not None and known.__qualname__ + known.__module__ != cls.__qualname__ + cls.__module__:
            raise PsiError(f"two components are called {cls.__name__} ({known.__module__}, {cls.__module__}); rename one")
        found: dict[str, Field] = {}
        for name, hint in cls.__annotations__.items():
            spec = cls.__dict__.get(name)
            if not isinstance(spec, Field):
                spec = Field(default=0 if spec is None else spec)
            spec.dtype = np.dtype(get_args(hint)[0])
            if spec.entity and spec.dtype != np.uint64:
                raise PsiError(f"{cls.__name__}.{name} holds entities, so it must be Col[u64]")
            found[name] = spec
            setattr(cls, name, Col(name))
        cls.__psi_fields__, cls.__psi_version__, cls.__psi_upgrade__ = found, version, upgrade  # type: ignore[attr-defined]
        cls.__init__ = _init(tuple(found))  # type: ignore[method-assign]
        REGISTRY[cls.__name__] = cls
        return cls

    return declare if cls is None else declare(cls)


def _init(names: tuple[str, ...]) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **values: Any) -> None:
        if len(args) > len(names) or (set(values) - set(names)):
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(names)}")
        self.__dict__.update(zip(names, args, strict=False))
        self.__dict__.update(values)

    return __init__


TAGS: dict[str, type["Tag"]] = {}
"""Tags by name; unique as components are."""


class Tag:
    """Base of tags: on or off for an entity, one bit a row, toggled without moving it. Subclass it; the class is the tag."""

    def __init_subclass__(cls) -> None:
        """Register the tag by name."""
        known = TAGS.get(cls.__name__)
        if known is not None and known.__qualname__ + known.__module__ != cls.__qualname__ + cls.__module__:
            raise PsiError(f"two tags are called {cls.__name__} ({known.__module__}, {cls.__module__}); rename one")
        TAGS[cls.__name__] = cls


class Disabled(Tag):
    """Queries pass over entities that carry this, unless they ask for it."""
