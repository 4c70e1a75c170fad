"""One place for a number of the model: default, unit, band, source and meaning."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

ASSUMED = "assumed; no public source found"


class Section(BaseModel):
    """A table of a scenario file: unknown keys and non-finite numbers are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


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
