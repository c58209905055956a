# Part of logistics_crm. License LGPL-3 or later.
from psycopg2 import DataError, ProgrammingError

from odoo import models


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    def _try_filter(self, domain):
        """Search with a filter that somebody wrote, to learn whether it can be searched with.

        :param domain: a domain on customers
        :raise ValueError: when Odoo or the database cannot read a field, an operator or a value
        """
        try:
            with self.env.cr.savepoint(flush=False):
                self.search_count(domain, limit=1)
        except (DataError, ProgrammingError) as error:
            raise ValueError(str(error).splitlines()[0]) from error
        except (TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise ValueError(str(error)) from error
