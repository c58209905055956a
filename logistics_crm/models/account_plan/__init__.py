# Part of logistics_crm. License LGPL-3 or later.
from . import account_plan
from . import account_plan_goal
from . import account_plan_review
from . import account_plan_customer
from . import entitlement
from . import order_priority
from . import capacity
from . import allocation
from . import development
from . import development_rule
