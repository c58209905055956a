# Part of logistics_crm. License LGPL-3 or later.
from . import network_tier
from . import network_settings
from . import network_customer
from . import network_rollup
from . import territory
from . import territory_match
from . import network_finding
from . import network_check
from . import network_check_territory
from . import network_check_price
from . import network_check_supply
from . import network_explanation
