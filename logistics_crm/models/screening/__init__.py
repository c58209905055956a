# Part of logistics_crm. License LGPL-3 or later.
from . import screening
from . import screening_actions
from . import screening_facts
from . import screening_score
from . import screening_compute
from . import screening_line
from . import screening_line_reason
from . import screening_fold
from . import screening_month
from . import screening_workbook
