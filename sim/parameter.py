"""One place for a number of the model: default, unit, band, source and meaning."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

ASSUMED = "assumed; no public source found"


def _of_real_numbers(schema: Any) -> Any:
    """A pydantic core schema, or a part of one, in which numbers take nothing but numbers."""
    if isinstance(schema, list | tuple):
        return type(schema)(map(_of_real_numbers, schema))
    if not isinstance(schema, dict):
        return schema
    inner = {key: _of_real_numbers(part) for key, part in schema.items()}
    if inner.get("type") not in ("int", "float"):
        return inner
    return core_schema.no_info_before_validator_function(_number, inner)


def _number(value: Any) -> Any:
    """The value; None, which is no number, so that the field's own error follows, if it is none."""
    return None if _looks_like_number(value) else value


def _looks_like_number(value: Any) -> bool:
    """Whether a value is no number and would be taken for one."""
    if not isinstance(value, str):
        return isinstance(value, bool)
    try:
        float(value)
    except ValueError:
        return False
    return True


class Section(BaseModel):
    """A table of a scenario file: unknown keys and non-finite numbers are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Refuse true, false and quoted numbers, which pydantic would turn into numbers."""
        return _of_real_numbers(handler(source))


def parameter(
    default: Any,
    meaning: str,
    unit: str,
    *,
    band: tuple[float, float] | None = None,
    source: str = ASSUMED,
    **limits: Any,
) -> Any:
    """A field of a section; `band` is the range worth exploring, `limits` what is possible."""
    extra = {"unit": unit, "source": source} | ({"band": list(band)} if band else {})
    given = {"default_factory": default} if callable(default) else {"default": default}
    return Field(**given, description=meaning, json_schema_extra=extra, **limits)


def share(default: float, meaning: str, **about: Any) -> Any:
    """A parameter in 0..1."""
    return parameter(default, meaning, "share", ge=0.0, le=1.0, **about)


def check_shares(key: str, types: Iterable[Any]) -> None:
    """Refuse latent types, the items of `key`, whose shares do not sum to 1."""
    total = sum(kind.share for kind in types)
    if abs(total - 1.0) > 1e-6:
        raise ValueError(f"@{key}: the shares of the types sum to {total:g}, not 1")
