# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models


class LogisticsSymposium(models.Model):
    """What was said, what became of what was said before, and what is said again and again."""

    _inherit = "logistics.symposium"

    opinion_ids = fields.One2many(
        "logistics.opinion",
        "res_id",
        string="Opinions Raised",
        domain=[("res_model", "=", "logistics.symposium")],
        context={"default_res_model": "logistics.symposium"},
    )
    opinion_count = fields.Integer(string="Opinions", compute="_compute_opinion_count")
    last_opinion_ids = fields.Many2many(
        "logistics.opinion",
        string="Last Time's Opinions",
        compute="_compute_last_opinions",
        help="What customers said at the meeting before, and what became of it.",
    )
    last_told = fields.Json(string="What Became of It", compute="_compute_last_opinions")
    repeated_topics = fields.Json(compute="_compute_repeated_topics")

    @api.depends("opinion_ids")
    def _compute_opinion_count(self):
        for record in self:
            record.opinion_count = len(record.opinion_ids)

    @api.depends("previous_id", "start")
    @api.depends_context("uid")
    def _compute_last_opinions(self):
        opinions = self.env["logistics.opinion"]
        for record in self:
            record.last_opinion_ids = (
                opinions.search(
                    [
                        ("res_model", "=", record._name),
                        ("res_id", "=", record.previous_id.id),
                        ("company_id", "=", record.company_id.id),
                    ],
                    order="state, topic_id, id",
                )
                if record.previous_id
                else opinions
            )
            counts = {"done": 0, "answered": 0, "open": 0, "dropped": 0}
            for opinion in record.last_opinion_ids:
                counts[opinion.state] += 1
            record.last_told = counts

    @api.depends("opinion_ids.topic_id", "previous_id", "start", "company_id")
    @api.depends_context("lang")
    def _compute_repeated_topics(self):
        for record in self:
            record.repeated_topics = record._repeated_topics() if record._origin.id else []

    def _repeated_topics(self):
        """Topics that customers raised before the last meeting and again since then.

        Everything counts, whatever the source: visits, questionnaires, complaints, symposia. The
        time since the last meeting (a year without one) is held against the same length before
        it. Numbers only, so that everybody sees the same.

        :return: list of dict(topic=, name=, now=, before=, open=, executive=), most often first
        """
        self.ensure_one()
        end = fields.Date.to_date(self.start)
        begin = (
            fields.Date.to_date(self.previous_id.start)
            if self.previous_id
            else fields.Date.subtract(end, months=6)
        )
        earlier = begin - (end - begin)
        opinions = self.env["logistics.opinion"].sudo()
        base = [("company_id", "=", self.company_id.id), ("topic_id", "!=", False)]

        def counted(*domain):
            return dict(opinions._read_group([*base, *domain], ["topic_id"], ["__count"]))

        now = counted(("date", ">", begin), ("date", "<=", end))
        before = counted(("date", ">", earlier), ("date", "<=", begin))
        still = counted(("date", "<=", end), ("state", "=", "open"))
        focus = {
            row.topic_id: row.executive_id.name
            for row in self.env["logistics.opinion.focus"]
            .sudo()
            .search([("company_id", "=", self.company_id.id), ("state", "=", "open")])
        }
        rows = [
            {
                "topic": topic.id,
                "name": topic.complete_name,
                "now": number,
                "before": before[topic],
                "open": still.get(topic, 0),
                "executive": focus.get(topic) or False,
            }
            for topic, number in now.items()
            if topic in before
        ]
        rows.sort(key=lambda row: (-row["now"], -row["before"], row["name"]))
        return rows

    def action_open_opinions(self):
        """Open what was said at this meeting."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("logistics_crm.action_opinion")
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {
            "default_res_model": self._name,
            "default_res_id": self.id,
        }
        return action


class LogisticsSatisfactionInvitation(models.Model):
    _inherit = "logistics.satisfaction.invitation"

    def _opinion_source(self):
        """What is written on a questionnaire of a symposium was raised there."""
        symposium = (
            self.env["logistics.symposium"]
            .sudo()
            .search([("round_id", "=", self.round_id.id)], limit=1)
            if self.round_id
            else None
        )
        return symposium or super()._opinion_source()
