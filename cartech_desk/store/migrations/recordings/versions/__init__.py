"""Every step for `recordings.db`, oldest first; named so that a frozen program holds them too."""

from cartech_desk.store.migrations.recordings.versions import v1_0_recordings

STEPS = (v1_0_recordings,)
