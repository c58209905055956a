# Part of logistics_crm. License LGPL-3 or later.
from . import letter_batch
from . import letter_batch_line
from . import letter_batch_process
from . import logistics_customer_receivable
