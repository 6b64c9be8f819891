"""The desk's charts upon pyqtgraph: canvas, scales, lines, notes and legend."""
