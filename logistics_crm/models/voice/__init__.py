# Part of logistics_crm. License LGPL-3 or later.
from . import opinion
from . import opinion_open_points
