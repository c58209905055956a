# Part of logistics_crm. License LGPL-3 or later.
from . import readonly_mixin
from . import unknown_last_mixin
from . import customer
from . import trading
from . import consumption
from . import concession
from . import campaign
from . import retention
from . import credit
from . import screening
from . import receivable
from . import file
from . import market
from . import collection
from . import visit
from . import voice
from . import portal
