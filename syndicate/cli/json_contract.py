"""The JSON of each command: its records and fields."""

VERSION = 1
