# Part of logistics_crm. License LGPL-3 or later.
from . import portfolio_member
from . import portfolio_target
from . import portfolio_run
from . import portfolio_sql
from . import portfolio_line
from . import customer_strategy
from . import portfolio_customer
