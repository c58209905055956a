# Part of logistics_crm. License LGPL-3 or later.
from . import lane
from . import sale_order_line
from . import trading_history
from . import logistics_customer_rhythm
from . import logistics_customer_calls
from . import consumption
from . import res_company
from . import white_space
from . import white_space_sql
