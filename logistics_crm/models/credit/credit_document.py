# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, models
from odoo.exceptions import AccessError, UserError

# A Python object: no RPC call, import, server action value or context key typed by somebody can
# carry it, so that only the methods of this package take a document from one state to another.
_STEP = object()


class LogisticsCreditDocument(models.AbstractModel):
    """A dated credit decision whose state only its own methods change.

    The rights of a decision lie in the model, not in the view: creating, writing and importing
    accept the fields a person may type and refuse the rest with words.
    """

    _name = "logistics.credit.document"
    _description = "Credit Document"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    # ------------------------------------------------------------------ guards
    @api.model
    def _given_fields(self):
        """Return the names of the fields a person may give when creating a document."""
        return set()

    def _open_fields(self):
        """Return the names of the fields a person may change on these documents as they are."""
        return set()

    @api.model
    def _in_step(self):
        return self.env.context.get("logistics_credit_step") is _STEP

    def _step(self):
        """Return the same documents, ready to be written by a method that did the checks."""
        return self.with_context(logistics_credit_step=_STEP)

    @api.model
    def _is_machinery(self, name):
        return name.startswith(("message_", "activity_", "my_activity_", "website_message_"))

    def _refuse_fields(self, names):
        labels = sorted(self._fields[name]._description_string(self.env) for name in names)
        raise UserError(
            self.env._(
                "%(document)s: %(fields)s cannot be set by hand. Use the buttons, which check who "
                "may decide and keep the trace.",
                document=self.env["ir.model"]._get(self._name).name,
                fields=", ".join(labels),
            )
        )

    @api.model
    def default_get(self, fields):
        """Take defaults of what nobody may give from the model only.

        A context key ``default_state`` or a default stored by a user would be a way to write it.
        """
        defaults = super().default_get(fields)
        if self._in_step():
            return defaults
        guarded = {
            name: self._fields[name]
            for name in set(fields) - self._given_fields()
            if name in self._fields and not self._is_machinery(name)
        }
        own = {name: field.default(self) for name, field in guarded.items() if field.default}
        for name in guarded:
            defaults.pop(name, None)
        return {**defaults, **self._convert_to_write(own)}

    @api.model_create_multi
    def create(self, vals_list):
        if not self._in_step():
            allowed = self._given_fields()
            defaults = self.default_get(
                [name for name in set().union(*vals_list) - allowed if name in self._fields]
            )
            for vals in vals_list:
                refused = {
                    name
                    for name, value in vals.items()
                    if name in self._fields
                    and name not in allowed
                    and not self._is_machinery(name)
                    and value
                    and value != defaults.get(name)
                }
                if refused:
                    self._refuse_fields(refused)
        return super().create(vals_list)

    def write(self, vals):
        if not self._in_step():
            for document in self:
                allowed = document._open_fields()
                refused = {
                    name
                    for name in vals
                    if name in self._fields and name not in allowed and not self._is_machinery(name)
                }
                if refused:
                    document._refuse_fields(refused)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Credit decisions are kept: they cannot be deleted, only ended.")
        )

    # ------------------------------------------------------------------ who
    @api.model
    def _check_controller(self, what):
        """Raise AccessError unless the user is a credit controller.

        :param what: the refused act in words, for the message
        """
        if not self.env.user.has_group("logistics_crm.group_credit_controller"):
            raise AccessError(
                self.env._(
                    "Only credit controllers may %(what)s. Granting credit is not a sales right.",
                    what=what,
                )
            )

    def _check_not_own_customer(self, what):
        """Raise AccessError when the user looks after the customer of one of the documents."""
        for document in self:
            if self.env.user in document.sudo().customer_id._representatives():
                raise AccessError(
                    self.env._(
                        "You look after %(customer)s yourself: somebody else has to %(what)s.",
                        customer=document.sudo().customer_id.display_name,
                        what=what,
                    )
                )

    @api.model
    def _need_reason(self, reason):
        """Return the reason without blanks around it; raise UserError when there is none."""
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give a reason: the decision is kept with it."))
        return reason
