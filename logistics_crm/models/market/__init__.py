# Part of logistics_crm. License LGPL-3 or later.
from . import competitor
from . import competitor_observation
