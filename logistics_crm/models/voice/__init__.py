# Part of logistics_crm. License LGPL-3 or later.
from . import opinion
from . import opinion_open_points
from . import opinion_repeated
from . import opinion_focus
from . import opinion_ranking
