# Part of logistics_crm. License LGPL-3 or later.
from . import logistics_rhythm
from . import logistics_churn_model
from . import logistics_customer_lifecycle
from . import logistics_customer_churn
