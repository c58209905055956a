# Part of logistics_crm. License LGPL-3 or later.
from . import logistics_customer
from . import logistics_customer_accounts
from . import logistics_customer_fold
from . import logistics_customer_value_class
from . import res_company
from . import res_config_settings
from . import res_partner
from . import base_partner_merge
from . import sale_order
from . import account_move
from . import logistics_customer_demo
