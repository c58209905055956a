# Part of logistics_crm. License LGPL-3 or later.
from . import ageing_bucket
from . import receivable_report
from . import receivable_report_line
from . import receivable_report_run
from . import receivable_report_print
from . import receivable_kpi
from . import receivable_kpi_compute
from . import ageing_snapshot
from . import letter_batch
from . import letter_batch_line
from . import letter_batch_process
from . import letter_statement
from . import balance_confirmation
from . import statement
from . import receivable_settings
from . import logistics_customer_receivable
