# Part of logistics_crm. License LGPL-3 or later.
"""Claims count once: read from the credit notes of complaints, untaxed and on their days.

Until 19.0.1.0 a row stood for a complaint, tax included and on the day of the receipt, and was
taken to be in the margin, which looks at lines of known cost only and never had it.
"""

from odoo import SUPERUSER_ID, api, fields
from odoo.tools import SQL


def migrate(cr, version):
    """Read the claims of all years anew; doing it again changes nothing."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """
        UPDATE logistics_complaint SET compensation_days = NULL
         WHERE compensation_amount IS NULL AND compensation_days IS NOT NULL
        """
    )
    former = env.execute_query(
        SQL(
            """
            DELETE FROM logistics_concession
             WHERE derived AND kind = 'claim' AND source_key LIKE 'complaint:%%'
         RETURNING company_id
            """
        )
    )
    ledger = env["logistics.concession"]
    today, first = fields.Date.today(), fields.Date.to_date("1970-01-01")
    for company in env["res.company"].browse({company_id for (company_id,) in former}):
        source = ledger._claim_source_sql(company, today, first)
        cr.execute(ledger._derive_sql(company, today, first, ("claim",), source))
