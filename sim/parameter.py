"""One place for a number of the model: default, unit, band, source and meaning."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

ASSUMED = "assumed; no public source found"


class Section(BaseModel):
    """A table of a scenario file: unknown keys and non-finite numbers are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_numbers(cls, values: Any) -> Any:
        """Refuse true, false and quoted numbers, which pydantic would turn into numbers."""
        if not isinstance(values, dict):
            return values
        wrong = [
            name
            for name, field in cls.model_fields.items()
            if field.annotation in (int, float) and _looks_like_number(values.get(name))
        ]
        return values | dict.fromkeys(wrong)  # nothing is no number: the field's own error follows


def _looks_like_number(value: Any) -> bool:
    """Whether a value is no number and would be taken for one."""
    if not isinstance(value, str):
        return isinstance(value, bool)
    try:
        float(value)
    except ValueError:
        return False
    return True


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
