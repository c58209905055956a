"""The manual: its text (docs/manual), its pages (the addon's folder `manual`), its pictures."""
