"""What the office refuses about jobs, their papers and their money."""

from typing import ClassVar

from cartech_desk.domain.errors import CarTechError


class JobClosed(CarTechError):
    """A job's lines stand on an invoice, or nothing comes of it any more."""

    code: ClassVar[str] = "job_closed"


class PartsMissing(CarTechError):
    """A job is to be done while a line of it has not taken its parts from stock."""

    code: ClassVar[str] = "parts_missing"


class AskedOfJob(CarTechError):
    """Something about a job is asked, not refused: it is done “even so”."""


class NoPrice(AskedOfJob):
    """A line would be kept or billed that nobody gave a price; asked, not refused."""

    code: ClassVar[str] = "no_price"


class NotPrintable(AskedOfJob):
    """A paper would stand with signs in the place of letters; asked, not refused."""

    code: ClassVar[str] = "not_printable"


class JobOpenAlready(AskedOfJob):
    """A job would be opened for a car that has one already; asked, not refused."""

    code: ClassVar[str] = "job_open_already"


class CarBookedThen(AskedOfJob):
    """A job would be taken up again whose car is booked elsewhere then; asked, not refused."""

    code: ClassVar[str] = "car_booked"


class OdometerBack(AskedOfJob):
    """A job would say less of the odometer than its car had before; asked, not refused."""

    code: ClassVar[str] = "odometer_back"


class AboveApproval(AskedOfJob):
    """A job would be billed or paid above what the customer approved; asked, not refused."""

    code: ClassVar[str] = "above_approval"


class NotApproved(AboveApproval):
    """A job would be billed whose estimate nobody approved; asked, not refused."""

    code: ClassVar[str] = "not_approved"


class ApprovalWithdrawn(AboveApproval):
    """A job would be billed or paid to which the customer said no; asked, not refused."""

    code: ClassVar[str] = "approval_withdrawn"


class ApprovalRefused(CarTechError):
    """There is nothing on a job that a customer could agree to."""

    code: ClassVar[str] = "approval_refused"


class AnotherVehicle(CarTechError):
    """What was recorded of one car would belong to the job of another; asked, not refused."""

    code: ClassVar[str] = "another_vehicle"


class InvoiceRefused(CarTechError):
    """An estimate, invoice or credit note cannot be issued as things stand."""

    code: ClassVar[str] = "invoice_refused"


class PaymentRefused(CarTechError):
    """More would be paid than is due, or more given back than came."""

    code: ClassVar[str] = "payment_refused"
