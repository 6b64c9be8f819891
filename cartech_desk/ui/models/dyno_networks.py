"""The networks of this machine by name, for a dyno that is heard on one of them."""


def networks() -> tuple[tuple[str, str], ...]:
    """Return name and IPv4 address of each interface that is up; none where they cannot be told."""
    try:
        from PySide6.QtNetwork import QAbstractSocket, QNetworkInterface
    except ImportError:
        return ()  # a build without Qt's network: the address is typed then
    flag = QNetworkInterface.InterfaceFlag
    found = []
    for one in QNetworkInterface.allInterfaces():
        flags = one.flags()
        if not flags & flag.IsUp or flags & flag.IsLoopBack or not flags & flag.CanMulticast:
            continue
        found += [
            (one.humanReadableName(), entry.ip().toString())
            for entry in one.addressEntries()
            if entry.ip().protocol() == QAbstractSocket.NetworkLayerProtocol.IPv4Protocol
        ]
    return tuple(found)
