"""The commands behind the Makefile: set-up of Odoo, PostgreSQL and tools, and what runs on them.

Only the standard library: these modules run before anything is installed.
"""
