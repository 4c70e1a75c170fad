"""The interactive page: two schemes side by side, moved by sliders, under the same luck."""
