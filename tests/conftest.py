"""Properties are asserted, times are not: compilation and busy machines make examples slow."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
