# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...fields_unknown import KnownFloat

BASES = [("due", "Due Date"), ("document", "Document Date")]
BASIS_HELP = (
    "Due Date: days since the item fell due; due today is not overdue. Document Date: days since "
    "the document, whatever its payment terms. A payment without a due date has its own date."
)


class LogisticsAgeingBucketSet(models.Model):
    """How ages are put into buckets: every age belongs to exactly one."""

    _name = "logistics.ageing.bucket.set"
    _description = "Ageing Buckets"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company.", ondelete="cascade"
    )
    basis = fields.Selection(
        BASES, string="Usual Basis", required=True, default="due", help=BASIS_HELP
    )
    bucket_ids = fields.One2many("logistics.ageing.bucket", "set_id", copy=True)
    note = fields.Text(string="Notes", translate=True)

    @api.constrains("bucket_ids")
    def _check_buckets(self):
        for bucket_set in self:
            bucket_set._check_complete()

    def _check_complete(self):
        """:raise ValidationError: naming the buckets, unless every age has exactly one."""
        self.ensure_one()
        buckets = self.bucket_ids.sorted("sort_from")
        if not buckets:
            raise ValidationError(self.env._("%s has no buckets: add at least one.", self.name))
        for bucket in buckets:
            if not bucket.open_start and not bucket.open_end and bucket.day_from > bucket.day_to:
                raise ValidationError(
                    self.env._(
                        "Bucket %(name)s ends (day %(end)s) before it begins (day %(start)s).",
                        name=bucket.name,
                        end=bucket.day_to,
                        start=bucket.day_from,
                    )
                )
        for first, second in zip(buckets, buckets[1:], strict=False):
            if first.open_end or second.open_start or second.day_from <= first.day_to:
                raise ValidationError(
                    self.env._(
                        "The buckets %(first)s and %(second)s overlap: an item would be counted "
                        "twice. Let the second begin after the first has ended.",
                        first=first.name,
                        second=second.name,
                    )
                )
            if second.day_from > first.day_to + 1:
                raise ValidationError(
                    self.env._(
                        "Nothing takes the days %(start)s to %(end)s between the buckets "
                        "%(first)s and %(second)s: such items would be missing.",
                        start=first.day_to + 1,
                        end=second.day_from - 1,
                        first=first.name,
                        second=second.name,
                    )
                )
        if not buckets[0].open_start:
            raise ValidationError(
                self.env._(
                    "Nothing takes what is younger than bucket %s: tick its Everything Younger.",
                    buckets[0].name,
                )
            )
        if not buckets[-1].open_end:
            raise ValidationError(
                self.env._(
                    "Nothing takes what is older than bucket %s: tick its Everything Older.",
                    buckets[-1].name,
                )
            )

    def copy_data(self, default=None):
        """Name the copy as one."""
        return [
            {**values, "name": self.env._("%s (copy)", bucket_set.name)}
            for bucket_set, values in zip(self, super().copy_data(default), strict=True)
        ]

    def _bucket_case_sql(self, age):
        """Return SQL for the id of the bucket that takes an age in days."""
        self.ensure_one()
        whens = []
        buckets = self.bucket_ids.sorted("sort_from")
        for bucket in buckets[:-1]:
            whens.append(SQL("WHEN %s <= %s THEN %s", age, bucket.day_to, bucket.id))
        if not whens:
            return SQL("%s::integer", buckets.id)
        return SQL("CASE %s ELSE %s END", SQL(" ").join(whens), buckets[-1].id)


class LogisticsAgeingBucket(models.Model):
    """One range of days; the age is the as-of date less the due (or document) date."""

    _name = "logistics.ageing.bucket"
    _description = "Ageing Bucket"
    _order = "set_id, sort_from, id"

    set_id = fields.Many2one(
        "logistics.ageing.bucket.set", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="set_id.company_id")
    name = fields.Char(required=True, translate=True)
    open_start = fields.Boolean(
        string="Everything Younger",
        help="The bucket takes whatever is younger, also what is not due yet.",
    )
    day_from = fields.Integer(string="From Day", aggregator=None)
    day_to = fields.Integer(
        string="To Day",
        aggregator=None,
        help="The last day belongs to the bucket. 0: due on the as-of date.",
    )
    open_end = fields.Boolean(string="Everything Older", help="The bucket takes whatever is older.")
    loss_rate = KnownFloat(
        string="Loss Rate (%)",
        aggregator=None,
        digits=(6, 3),
        help="Share of the bucket that is expected to be lost, for provisions. Empty: unknown.",
    )
    sort_from = fields.Integer(compute="_compute_sort_from", store=True)

    _loss_rate_sane = models.Constraint(
        "CHECK (loss_rate IS NULL OR loss_rate BETWEEN 0 AND 100)",
        "A loss rate lies between 0 and 100 percent.",
    )

    @api.depends("open_start", "day_from")
    def _compute_sort_from(self):
        for bucket in self:
            bucket.sort_from = -1_000_000 if bucket.open_start else bucket.day_from

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.env["logistics.receivable.report.line"].sudo()
        if used.search_count([("bucket_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._(
                    "An aged receivables run still shows these buckets. Archive the set and make "
                    "a new one instead."
                )
            )
