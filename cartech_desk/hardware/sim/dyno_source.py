"""The simulated dyno as a source of the bench: real JETDRIVE over loopback, server included."""

from cartech_desk.hardware.dyno.source import DynoSource


def sim_source(url: str, alias: str) -> DynoSource:
    """Make the source of `sim:NAME?options`, not yet opened.

    The car of this name is parked with `script=dyno` unless it is there already or the options
    choose another script. Errors: BadAdapterUrl.
    """
    raise NotImplementedError
