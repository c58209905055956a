# Part of logistics_crm. License LGPL-3 or later.
from . import dimension
from . import survey_question
from . import round
from . import invitation
from . import score
from . import results
from . import survey_user_input
from . import satisfaction_facts
from . import logistics_customer_satisfaction
from . import delivery_rating
from . import satisfaction_settings
