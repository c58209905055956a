# Part of logistics_crm. License LGPL-3 or later.
from . import collection_settings
from . import payment_promise
from . import payment_promise_judge
from . import dispute
from . import collection_grade
from . import collection_step
from . import collection_case
from . import collection_due
from . import collection_take
from . import legal_case
from . import cash_forecast
from . import credit_backtest
from . import credit_backtest_sql
from . import collection_customer
from . import account_move
from . import collection_open_points
