# Part of logistics_crm. License LGPL-3 or later.
from . import complaint_department
from . import complaint_type
from . import complaint_cause
from . import complaint
from . import complaint_steps
