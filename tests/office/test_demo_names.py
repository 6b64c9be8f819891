"""What the demo's shop is made of keeps to the rules of a shop."""

from decimal import Decimal

from cartech_desk.domain.parts.quantity import refuse_part_of_one
from cartech_desk.office.demo_names import names


def test_what_the_demo_counts_goes_by_whole_numbers():
    units = {part.sku: part.unit for part in names().parts}
    taken = [taken for service in names().services for taken in service.parts]
    taken += [(part.sku, many) for part in names().parts for many in (part.opening, part.quantity)]
    assert len(taken) > 100
    for sku, many in taken:
        refuse_part_of_one(Decimal(str(many)), units[sku])
