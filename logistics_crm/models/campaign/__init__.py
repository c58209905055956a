# Part of logistics_crm. License LGPL-3 or later.
from . import segment
from . import outreach
from . import outreach_line
from . import outreach_process
from . import outreach_response
