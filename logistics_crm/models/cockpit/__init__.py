# Part of logistics_crm. License LGPL-3 or later.
from . import front_page
from . import front_page_manager
from . import front_page_staff
from . import front_page_executive
