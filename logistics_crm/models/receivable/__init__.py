# Part of logistics_crm. License LGPL-3 or later.
from . import ageing_bucket
from . import receivable_report
from . import receivable_report_line
from . import receivable_report_run
from . import receivable_report_print
from . import letter_batch
from . import letter_batch_line
from . import letter_batch_process
from . import logistics_customer_receivable
