# Part of logistics_crm. License LGPL-3 or later.
from . import service_dimension
from . import competitor
from . import competitor_observation
from . import competitor_voice
from . import competitor_rating
from . import competitor_threat
from . import lost_business
