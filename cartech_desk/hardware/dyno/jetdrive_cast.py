"""Who plays which part: of all channels of all providers, one for each role."""

from collections.abc import Iterable, Mapping
from typing import Final

from cartech_desk.domain.dyno.roles import Role
from cartech_desk.hardware.dyno.jetdrive_provider import Provider
from cartech_desk.hardware.dyno.jetdrive_roles import STATION, WEATHER, Guess, guess_roles

THE_DYNOS: Final = frozenset(
    {
        Role.SPEED,
        Role.ROLLER_RPM,
        Role.ACCELERATION,
        Role.FORCE,
        Role.POWER,
        Role.TORQUE,
        Role.BRAKE_TORQUE,
        Role.CORRECTED_POWER,
        Role.CORRECTED_TORQUE,
    }
)
"""Roles by which a provider is the dyno itself."""


def guesses_of(provider: Provider) -> Mapping[int, Guess]:
    """Return what a provider's channels may be, by their ids."""
    if provider.guesses is None:
        channels = [entry.channel for entry in provider.entries.values()]
        provider.guesses = guess_roles(provider.name, channels)
    return provider.guesses


def cast(providers: Iterable[Provider]) -> dict[str, Role]:
    """Return the roles by the names of the channels that play them.

    Each is played by the surest channel, and the weather by one provider alone.
    """
    providers = list(providers)
    weather = max(providers, key=_weather_worth, default=None)
    best: dict[Role, tuple[int, str]] = {}
    for provider in providers:
        for number, guess in guesses_of(provider).items():
            if guess.role in WEATHER and provider is not weather:
                continue
            if guess.role not in best or guess.score > best[guess.role][0]:
                best[guess.role] = (guess.score, provider.entries[number].name)
    return {name: role for role, (_, name) in best.items()}


def is_dyno(provider: Provider) -> bool:
    """Tell whether a provider has what only a dyno measures."""
    return any(guess.role in THE_DYNOS for guess in guesses_of(provider).values())


def _weather_worth(provider: Provider) -> tuple[bool, bool, int]:
    """Tell how much a provider looks like a weather station."""
    guesses = [guess for guess in guesses_of(provider).values() if guess.role in WEATHER]
    roles = {guess.role for guess in guesses}
    return any(guess.score >= STATION for guess in guesses), Role.HUMIDITY in roles, len(roles)
