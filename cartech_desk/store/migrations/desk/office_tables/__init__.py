"""The office's tables, one module for each part of it; `v1_4_office` puts them together."""
