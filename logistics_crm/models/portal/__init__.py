# Part of logistics_crm. License LGPL-3 or later.
from . import visit_request
from . import portal_delivery
from . import portal_fields
from . import portal_mail_reply
from . import portal_settings
