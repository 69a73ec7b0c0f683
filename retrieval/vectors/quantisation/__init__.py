"""Codes that are cheaper to read than vectors: a byte a number, and a bit a number."""

from retrieval.vectors.quantisation.bit_codes import BitCodes, BitQuery
from retrieval.vectors.quantisation.int8_codes import Int8Codes, Int8Query
from retrieval.vectors.quantisation.rotation import random_rotation

__all__ = ["BitCodes", "BitQuery", "Int8Codes", "Int8Query", "random_rotation"]
