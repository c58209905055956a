# Part of logistics_crm. License LGPL-3 or later.
from . import setup_presets
from . import setup
from . import setup_grades
from . import setup_users
from . import setup_digest
