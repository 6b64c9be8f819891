"""Every step for `desk.db`, oldest first; named here so that a frozen program holds them too."""

from cartech_desk.store.migrations.desk.versions import (
    v1_0_vehicles_and_layouts,
    v1_1_people_limits_alarms_audit,
    v1_2_dyno,
    v1_3_faults,
    v1_4_office,
    v1_5_lost_papers,
)

STEPS = (
    v1_0_vehicles_and_layouts,
    v1_1_people_limits_alarms_audit,
    v1_2_dyno,
    v1_3_faults,
    v1_4_office,
    v1_5_lost_papers,
)
