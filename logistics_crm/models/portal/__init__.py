# Part of logistics_crm. License LGPL-3 or later.
from . import portal_fields
