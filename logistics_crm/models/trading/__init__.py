# Part of logistics_crm. License LGPL-3 or later.
from . import logistics_service
from . import product_template
from . import sale_order_line
from . import trading_history
from . import trading_history_import
from . import trading_facts
from . import settlement_facts
from . import settlement_ledger
from . import logistics_customer_figures
