# Part of logistics_crm. License LGPL-3 or later.
from . import trading_history_import
from . import credit_release_request
from . import collection_dialogs
from . import credit_decision
from . import white_space_dismissal
from . import screening_what_if
from . import screening_beside
from . import segment_save
from . import visit_handover
from . import lost_quote
from . import complaint_dialogs
