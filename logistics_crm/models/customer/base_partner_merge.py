# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Fold the accounts before core re-points foreign keys.

        Core would move one of two accounts of a company and delete the other with all that
        hangs on it, because a contact has only one account per company.
        """
        if not dst_partner.is_company and any(src_partners.mapped("is_company")):
            # Core will do so after the keys have moved, and only then know the right entity.
            dst_partner.is_company = True
        accounts = self.env["logistics.customer"].sudo().with_context(active_test=False)
        history = self.env["logistics.trading.history"].sudo()
        target_entity = dst_partner.commercial_partner_id
        sources = accounts.search([("partner_id", "in", src_partners.ids)])
        src_partners._logistics_check_fold(sources)
        targets = {
            account.company_id: account
            for account in accounts.search([("partner_id", "=", target_entity.id)])
        }
        for source in sources:
            target = targets.get(source.company_id)
            if target:
                source._fold_into(target)
            else:
                source.partner_id = target_entity
                targets[source.company_id] = source
        renamed = history._keep_apart(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        history._link_accounts(partners=dst_partner)
        if renamed:
            for account in accounts.search([("partner_id", "=", target_entity.id)]):
                account._message_log(
                    body=self.env._(
                        "%(count)s lines of trading history had the document and line number of "
                        "another line of this customer. Both are kept, the merged one with its "
                        "old reference behind the line number: delete it where it is a duplicate.",
                        count=renamed,
                    )
                )
        return result

    def _log_merge_operation(self, src_partners, dst_partner):
        """Called by core when everything has moved: the figures are those of the joined facts."""
        result = super()._log_merge_operation(src_partners, dst_partner)
        accounts = dst_partner.commercial_partner_id._logistics_accounts()
        if accounts:
            accounts._refresh_figures()
        return result
