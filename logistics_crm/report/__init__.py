# Part of logistics_crm. License LGPL-3 or later.
from . import logistics_trading_report
from . import logistics_trading_report_consumption
from . import screening_progress
from . import logistics_true_margin_report
from . import visit_report
from . import visit_dashboard
from . import statement_report
from . import logistics_ownership_report
from . import logistics_customer_duplicate
from . import customer_card
from . import logistics_customer_cohort
