# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .service_dimension import SCORES


class LogisticsCompetitorVoice(models.Model):
    """What a customer of a competitor says about the competitor's service.

    Whoever speaks need not be a customer of ours: a contact, or just a name.
    """

    _name = "logistics.competitor.voice"
    _description = "Voice of a Competitor's Customer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "speaker"

    competitor_id = fields.Many2one(
        "logistics.competitor", required=True, index=True, ondelete="restrict", tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", help="When it is known to us."
    )
    speaker = fields.Char(
        compute="_compute_speaker",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        string="Their Customer",
        help="The firm that speaks.",
    )
    date = fields.Date(
        string="Said On", required=True, index=True, default=fields.Date.context_today
    )
    user_id = fields.Many2one(
        "res.users",
        string="Heard By",
        required=True,
        index=True,
        default=lambda self: self.env.user,
    )
    source = fields.Selection(
        [
            ("talk", "Talk with Them"),
            ("fair", "Fair or Association"),
            ("survey", "Survey"),
            ("public", "Published"),
        ],
        required=True,
        default="talk",
    )
    satisfaction = fields.Selection(SCORES, help="With the competitor, all in all.")
    text = fields.Text(string="In Their Words")
    likes = fields.Char(string="What They Praise")
    dislikes = fields.Char(string="What They Miss")
    would_switch = fields.Selection(
        [("yes", "Would Switch"), ("maybe", "Perhaps"), ("no", "Would Not")],
        index="btree_not_null",
        tracking=True,
        help="Whether they would move to us. Empty: not asked.",
    )
    bound_until = fields.Date(help="Last day of their contract with the competitor.")
    service_ids = fields.Many2many("logistics.service", string="Services")
    score_ids = fields.One2many("logistics.competitor.rating", "voice_id", string="By Dimension")
    target_id = fields.Many2one(
        "logistics.target.customer",
        string="Target Customer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The entry on the list of customers we want to win.",
    )

    @api.depends("partner_id")
    def _compute_speaker(self):
        for voice in self:
            voice.speaker = voice.partner_id.commercial_partner_id.name or voice.speaker

    @api.constrains("date")
    def _check_date(self):
        for voice in self:
            if voice.date > fields.Date.context_today(voice):
                raise ValidationError(
                    self.env._(
                        "%(date)s has not come yet. Write the day it was said.",
                        date=fields.Date.to_string(voice.date),
                    )
                )

    def action_target(self):
        """Put the firm on this year's list of customers to win, or open its entry there.

        :raise UserError: for one that is tied to us already
        """
        self.ensure_one()
        partner = self.partner_id.commercial_partner_id
        targets = self.env["logistics.target.customer"]
        if not self.target_id:
            account = self.env["logistics.customer"].search(
                [("partner_id", "=", partner.id), ("company_id", "=", self.company_id.id)], limit=1
            )
            if partner and account.last_trade_date and account.lifecycle_stage != "lost":
                raise UserError(
                    self.env._("%s trades with us already: see its customer file.", self.speaker)
                )
            year = fields.Date.context_today(self).year
            target = targets.search(
                [
                    ("year", "=", year),
                    ("company_id", "=", self.company_id.id),
                    ("name", "=ilike", self.speaker),
                ],
                limit=1,
            )
            self.target_id = target or targets.create(
                {
                    "name": self.speaker,
                    "partner_id": partner.id,
                    "company_id": self.company_id.id,
                    "user_id": self.env.uid,
                    "competitor_id": self.competitor_id.id,
                    "reason": self.dislikes
                    or self.text
                    or self.env._("Said to be unhappy with %s.", self.competitor_id.name),
                }
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "logistics.target.customer",
            "res_id": self.target_id.id,
            "view_mode": "form",
        }
