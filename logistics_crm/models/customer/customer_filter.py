# Part of logistics_crm. License LGPL-3 or later.
from psycopg2 import DataError, ProgrammingError

from odoo import models

# What reading a text as a domain, or searching with it, may end in besides a ValueError.
NO_FILTER = (
    *(SyntaxError, TypeError, KeyError, AttributeError),
    *(OverflowError, RecursionError, MemoryError),
)


class LogisticsCustomer(models.Model):
    _inherit = "logistics.customer"

    def _try_filter(self, read_domain):
        """Search with a filter that somebody wrote, to learn whether it can be searched with.

        :param read_domain: called without arguments, reads the domain on customers
        :raise ValueError: when Odoo or the database cannot read a field, an operator or a value
        """
        try:
            with self.env.cr.savepoint(flush=False):
                self.search_count(read_domain(), limit=1)
        except (DataError, ProgrammingError) as error:
            raise ValueError(str(error).splitlines()[0]) from error
        except NO_FILTER as error:
            raise ValueError(str(error)) from error
