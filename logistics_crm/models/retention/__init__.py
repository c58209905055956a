# Part of logistics_crm. License LGPL-3 or later.
from . import logistics_rhythm
from . import logistics_churn_model
from . import logistics_customer_lifecycle
from . import logistics_customer_churn
from . import churn_alarm
from . import churn_alarm_sql
from . import logistics_customer_alarms
from . import retention_settings
from . import stage_change
from . import newcomer
from . import winback
from . import onboarding_step
from . import onboarding_milestone
from . import logistics_customer_onboarding
from . import alarm_proposal
from . import churn_alarm_signs
from . import logistics_customer_lifetime
