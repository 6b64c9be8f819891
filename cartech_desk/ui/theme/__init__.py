"""Tokens, fonts and the style sheet: the only place where a colour or a size is written."""
