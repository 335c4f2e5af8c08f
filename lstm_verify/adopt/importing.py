"""Finding what a user names: an object of a module, or of a file."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from lstm_verify.backends.errors import Unusable, told
from lstm_verify.puzzle.problems import nearest


def found(target: str) -> Any:
    """Return what `module:object` or `file.py:object` names; an object may be an attribute of another.

    Raises:
        Unusable: there is no such thing, or it cannot be imported.
    """
    place, colon, attribute = target.rpartition(":")
    if not colon or not place or not attribute:
        module, dot, last = target.rpartition(".")
        example = f"{module}:{last}" if dot and last != "py" else f"{target or 'my_lstm.py'}:cell"
        expected = f"expected module:object or file.py:object, such as python:{example}"
        raise Unusable(f"python:{target} names no object: {expected}")
    found: Any = _imported(place)
    for part in attribute.split("."):
        if not hasattr(found, part):
            near = nearest(part, [name for name in dir(found) if not name.startswith("_")])
            raise Unusable(f"{place} has no '{part}'" + (f"; did you mean '{near}'?" if near else ""))
        found = getattr(found, part)
    return found


def _imported(place: str) -> Any:
    """Import a module by its dotted name or its file; the current folder is importable."""
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return _from_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except Unusable:
        raise
    except SystemExit:
        raise Unusable(f"{place} cannot be imported: it calls sys.exit") from None
    except Exception as error:  # noqa: BLE001 (whatever their code raises is told)
        hint = _KERAS if getattr(error, "name", "") == "tensorflow" and "keras" in told(error) else ""
        raise Unusable(f"{place} cannot be imported: {told(error)}{hint}") from None


_KERAS = (
    "; Keras computes with TensorFlow unless the environment variable KERAS_BACKEND names another that is "
    "installed, torch or jax"
)


def _from_file(path: Path) -> ModuleType:
    """Run a file as a module, afresh each time."""
    if not path.is_file():
        raise Unusable(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise Unusable(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)  # dataclasses and pickle look for it there
    spec.loader.exec_module(module)
    return module
