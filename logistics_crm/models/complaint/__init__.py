# Part of logistics_crm. License LGPL-3 or later.
from . import complaint_settings
from . import complaint_department
from . import complaint_type
from . import complaint_cause
from . import complaint
from . import complaint_steps
from . import complaint_term
from . import complaint_escalation
from . import compensation_authority
from . import complaint_compensation
from . import complaint_credit_note
from . import complaint_file
from . import complaint_mail
from . import complaint_repeat
from . import complaint_links
from . import complaint_customer
from . import complaint_portal
