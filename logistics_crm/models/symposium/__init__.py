# Part of logistics_crm. License LGPL-3 or later.
from . import symposium
from . import symposium_agenda
from . import symposium_invitee
from . import symposium_actions
from . import symposium_opinions
from . import symposium_reminder
from . import symposium_concession
