# Part of logistics_crm. License LGPL-3 or later.
from . import concession
from . import concession_derive
from . import logistics_customer
from . import service_floor
from . import programme
from . import measure
from . import measure_sql
from . import scenario_parameter
