"""Cells of a CSV file that no spreadsheet carries out."""

from cartech_desk.domain.spreadsheet_cells import harmless

__all__ = ["harmless"]
