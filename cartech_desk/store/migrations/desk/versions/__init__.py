"""Every step for `desk.db`, oldest first; named here so that a frozen program holds them too."""

from cartech_desk.store.migrations.desk.versions import v1_0_vehicles_and_layouts

STEPS = (v1_0_vehicles_and_layouts,)
