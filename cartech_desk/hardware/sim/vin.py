"""The check digit of a vehicle identification number (49 CFR 565.15, ISO 3779)."""

VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def with_check_digit(vin: str) -> str:
    """Return `vin` (17 characters) with its ninth place computed."""
    total = 0
    for place, (character, weight) in enumerate(zip(vin, WEIGHTS, strict=True)):
        if place != 8:
            value = int(character) if character.isdigit() else VALUES[character]
            total += value * weight
    remainder = total % 11
    return vin[:8] + ("X" if remainder == 10 else str(remainder)) + vin[9:]
