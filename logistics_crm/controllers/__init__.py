# Part of logistics_crm. License LGPL-3 or later.
from . import screening
from . import receivable
from . import receivable_portal
from . import survey
from . import portal
from . import portal_complaint
from . import manual
