# Part of logistics_crm. License LGPL-3 or later.
from . import cash_forecast
from . import digest
from . import front_page
from . import front_page_manager
from . import front_page_staff
from . import front_page_executive
from . import front_page_market
