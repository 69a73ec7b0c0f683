"""The models that training starts from: two that pip brings, any folder, any Hugging Face id."""

from training.muse.bases.base import Base, BaseUnavailable, find_base

__all__ = ["Base", "BaseUnavailable", "find_base"]
