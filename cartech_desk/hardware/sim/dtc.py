"""Trouble codes as bytes (SAE J2012: two bits of letter, two of first digit, three nibbles)."""


def dtc_bytes(code: str) -> bytes:
    """Encode a code such as P0301."""
    first, digits = code[0], code[1:]
    return (("PCBU".index(first) << 14) | int(digits, 16)).to_bytes(2, "big")
