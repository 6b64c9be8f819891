"""Every step for `recordings.db`, oldest first; named here so a frozen program holds them too."""

from cartech_desk.store.migrations.recordings.versions import v1_0_recordings, v1_1_operators

STEPS = (v1_0_recordings, v1_1_operators)
