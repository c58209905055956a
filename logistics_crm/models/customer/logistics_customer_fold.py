# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.tools import SQL

# Re-pointed by core's own merge.
_CORE_REFERENCES = [
    "ir.attachment",
    "ir.model.data",
    "mail.activity",
    "mail.followers",
    "mail.message",
]


class LogisticsCustomer(models.Model):
    """Two accounts become one, because their contacts did."""

    _inherit = "logistics.customer"

    @api.model
    def _folding_models(self):
        """Name the models whose rows need a decision of their own when two accounts become one.

        Each answers ``_fold_customer(src, dst)``; everything else that points at an account is
        re-pointed. Areas add theirs by override.
        """
        return [
            "logistics.screening.line",
            "logistics.arrears.gate",
            "logistics.credit.limit",
            "logistics.credit.override",
            "logistics.credit.review",
        ]

    def _fold_into(self, destination):
        """Fold these accounts into ``destination`` and lose nothing.

        Rows that point at an account, messages, activities, attachments and followers move to
        the destination; where both hold a row that may exist only once, the destination's
        stays. The destination takes over a missing representative or backup and becomes active
        when one of the folded accounts was. Its
        figures are those of the joined facts after the next refresh.

        :param destination: the surviving ``logistics.customer``, same company
        """
        destination.ensure_one()
        sources = self - destination
        if not sources:
            return
        merge = self.env["base.partner.merge.automatic.wizard"].sudo()
        note = self.env._(
            "Folded in the account of %(names)s.",
            names=", ".join(source.name or str(source.id) for source in sources),
        )
        for model in self._folding_models():
            if model in self.env:
                for source in sources:
                    self.env[model].sudo()._fold_customer(source, destination)
        self.env.flush_all()
        for source in sources:
            self._fold_references(source, destination)
        merge._update_foreign_keys_generic("logistics.customer", sources, destination)
        merge._update_reference_fields_generic("logistics.customer", sources, destination)
        self.env.invalidate_all()
        values = {}
        rep = destination.user_id or sources.user_id[:1]
        if rep != destination.user_id:
            values["user_id"] = rep.id
        backups = sources.backup_user_id - rep
        if backups and not destination.backup_user_id:
            values["backup_user_id"] = backups[0].id
        if not destination.active and any(sources.mapped("active")):
            values["active"] = True
        destination.sudo().write(values)
        sources.sudo().unlink()
        destination.sudo()._message_log(body=note)

    @api.model
    def _fold_references(self, source, destination):
        """Re-point what names the account by model and id and core's merge would drop."""
        ids = {"model": self._name, "source": source.id, "destination": destination.id}
        # Core moves the followers of a record at once and drops them all when one of them
        # follows the destination already.
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_followers s
                 USING mail_followers d
                 WHERE s.res_model = %(model)s AND s.res_id = %(source)s
                   AND d.res_model = %(model)s AND d.res_id = %(destination)s
                   AND d.partner_id = s.partner_id
                """,
                **ids,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE mail_followers SET res_id = %(destination)s
                 WHERE res_model = %(model)s AND res_id = %(source)s
                """,
                **ids,
            )
        )
        references = (
            self.env["ir.model.fields"]
            .sudo()
            .search(
                [
                    ("ttype", "=", "many2one_reference"),
                    ("store", "=", True),
                    ("model", "not in", _CORE_REFERENCES),
                ]
            )
        )
        for reference in references:
            model = self.env.get(reference.model)
            field = model is not None and model._fields.get(reference.name)
            if not field or not model._auto or model._abstract:
                continue
            model_field = model._fields.get(field.model_field)
            if not model_field or not model_field.store:
                continue
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(field)s = %(destination)s"
                    " WHERE %(model_field)s = %(model)s AND %(field)s = %(source)s",
                    table=SQL.identifier(model._table),
                    field=SQL.identifier(field.name),
                    model_field=SQL.identifier(model_field.name),
                    **ids,
                )
            )

    def _follow_partner(self):
        """Re-home accounts whose contact is no longer a commercial entity of its own.

        A contact that is given a parent company (or loses its own company status) stops being a
        customer: its account folds into that of the new commercial entity.
        """
        for account in self.sudo().with_context(active_test=False):
            entity = account.partner_id.commercial_partner_id
            if entity == account.partner_id:
                continue
            target = (
                self.sudo()
                .with_context(active_test=False)
                .search(
                    [("partner_id", "=", entity.id), ("company_id", "=", account.company_id.id)],
                    limit=1,
                )
            )
            if target:
                account._fold_into(target)
            else:
                account.partner_id = entity
