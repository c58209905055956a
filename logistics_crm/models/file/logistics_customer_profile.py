# Part of logistics_crm. License LGPL-3 or later.
from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_date, formatLang
from odoo.tools.misc import babel_locale_parse

from .logistics_customer_facts import LEVELS

# Fewer lines than these say nothing about when somebody buys.
ENOUGH_DAYS = 6
SHOWN = 3


class LogisticsCustomer(models.Model):
    """The twelve questions about a customer, answered as far as the books and the file know."""

    _inherit = "logistics.customer"

    buying_way_ids = fields.Many2many(
        "logistics.fact.tag",
        "logistics_customer_buying_way_rel",
        "customer_id",
        "tag_id",
        string="How They Order",
        domain="[('kind', '=', 'buying_way')]",
        help="The ways in which orders come in.",
    )
    buying_reason_ids = fields.Many2many(
        "logistics.fact.tag",
        "logistics_customer_buying_reason_rel",
        "customer_id",
        "tag_id",
        string="Why They Buy from Us",
        domain="[('kind', '=', 'reason')]",
        help="What decided for us, in the customer's own words.",
    )
    known_from_id = fields.Many2one(
        "logistics.fact.tag",
        string="How They Know Us",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('kind', '=', 'known_from')]",
        help="Where the customer heard of us first. Empty: not asked yet.",
    )
    opinion_of_us = fields.Selection(
        LEVELS,
        string="Their Opinion of Us",
        index="btree_not_null",
        help="How well the customer thinks of us, as told to us. Empty: not asked yet.",
    )
    wish_ids = fields.Many2many(
        "logistics.fact.tag",
        "logistics_customer_wish_rel",
        "customer_id",
        "tag_id",
        string="What They Wish For",
        domain="[('kind', '=', 'wish')]",
        help="What would make the customer buy more or stay.",
    )
    profile_questions = fields.Json(
        string="Twelve Questions",
        compute="_compute_profile_questions",
        exportable=False,
        help="Who, where, what, when, how often, how much, how, why: what the books and the file "
        "answer, and what has to be asked.",
    )

    @api.model
    def _fact_names(self):
        return [
            *super()._fact_names(),
            "buying_way_ids",
            "buying_reason_ids",
            "known_from_id",
            "opinion_of_us",
            "wish_ids",
        ]

    @api.depends_context("uid", "lang")
    @api.depends("buying_way_ids", "buying_reason_ids", "known_from_id", "opinion_of_us")
    @api.depends("wish_ids", "customer_type_id")
    def _compute_profile_questions(self):
        for account in self:
            account.profile_questions = account._origin.id and account._profile_questions()

    def _profile_questions(self):
        """Answer the twelve questions about this customer, as the user and in his language.

        Only for a form: a few queries per customer. Figures are those of the last refresh.

        :return: list of twelve dicts: ``code``, ``question``, ``answers`` (texts, empty when
            unknown), ``source`` ('books', 'file' or False)
        """
        self.ensure_one()
        env = self.env
        trade = self._profile_trade()
        asked = [
            ("who", env._("Who are they?"), self._profile_who(), "file"),
            (
                "where",
                env._("Where are they, and where do they ship?"),
                self._profile_where(),
                "file",
            ),
            ("people", env._("Who decides, and who buys?"), self._profile_people(), "file"),
            ("what", env._("What do they buy?"), trade["what"], "books"),
            ("when", env._("When do they buy?"), trade["when"], "books"),
            ("often", env._("How often?"), self._profile_often(), "books"),
            ("much", env._("How much?"), self._profile_much(), "books"),
            (
                "how",
                env._("How do they order and pay?"),
                [*self.buying_way_ids.mapped("name"), *self._profile_pay()],
                "file" if self.buying_way_ids else "books",
            ),
            (
                "why",
                env._("Why do they buy from us?"),
                self.buying_reason_ids.mapped("name"),
                "file",
            ),
            ("known", env._("How do they know us?"), *self._profile_known()),
            ("think", env._("What do they think of us?"), self._profile_opinion(), "file"),
            ("want", env._("What do they want?"), self.wish_ids.mapped("name"), "file"),
        ]
        return [
            {
                "code": code,
                "question": question,
                "answers": [answer for answer in answers if answer],
                "source": source if any(answers) else False,
            }
            for code, question, answers, source in asked
        ]

    def _profile_who(self):
        return [
            self._card_text(name)
            for name in (
                "customer_type_id",
                "industry_id",
                "legal_form_id",
                "scale",
                "employee_band",
            )
        ]

    def _profile_where(self):
        place = ", ".join(filter(None, (self.city, self.country_id.name)))
        areas = [
            *self.area_country_ids.mapped("name"),
            *self.area_state_ids.mapped("name"),
            *self.area_group_ids.mapped("name"),
        ]
        served = ", ".join(areas[:SHOWN]) + (" …" if len(areas) > SHOWN else "")
        return [place, self.env._("ships to %s", served) if areas else ""]

    def _profile_people(self):
        roles = ("decision_maker", "owner", "buyer")
        return [
            f"{person.name} ({', '.join(named)})"
            for person in self.key_person_ids
            if (named := person.role_ids.filtered(lambda role: role.code in roles).mapped("name"))
        ]

    def _profile_trade(self):
        """What was bought in twelve months, and in which months and on which days of the week."""
        day = self.figures_as_of or fields.Date.context_today(self)
        facts = (
            self.env["logistics.trading.facts"]
            .sudo()
            ._facts_sql(
                date_from=day - relativedelta(months=24),
                date_to=day,
                partner_ids=self.partner_id.ids,
            )
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.date, f.service_id, sum(f.amount)::float8
                  FROM %s AS f WHERE f.company_id = %s GROUP BY 1, 2
                """,
                facts,
                self.company_id.id,
            )
        )
        year_ago = day - relativedelta(months=12)
        bought = Counter()
        for date, service_id, amount in rows:
            if date > year_ago and (amount or 0) > 0:
                bought[service_id] += amount
        total = sum(bought.values())
        services = self.env["logistics.service"].sudo().browse(filter(None, bought)).exists()
        names = {service.id: service.display_name for service in services}
        what = [
            self.env._(
                "%(service)s %(share)s %%",
                service=names.get(service_id) or self.env._("not classified"),
                share=round(100 * amount / total),
            )
            for service_id, amount in bought.most_common(SHOWN)
        ]
        return {"what": what, "when": self._profile_when({row[0] for row in rows})}

    def _profile_when(self, days):
        if len(days) < ENOUGH_DAYS:
            return []
        locale = babel_locale_parse(self.env.lang or "en_US")
        months, weekdays = Counter(d.month for d in days), Counter(d.weekday() for d in days)
        busy = sorted(month for month, _count in months.most_common(SHOWN))
        answers = [
            self.env._(
                "most in %s", ", ".join(locale.months["format"]["wide"][month] for month in busy)
            )
        ]
        weekday, often = weekdays.most_common(1)[0]
        # a day of the week stands out when it has twice its share of five
        if often * 5 >= 2 * len(days):
            answers.append(self.env._("usually on %s", locale.days["format"]["wide"][weekday]))
        return answers

    def _profile_often(self):
        answers = []
        if self.order_interval_days is not False:
            answers.append(self.env._("every %s days", round(self.order_interval_days)))
        if self.last_trade_date:
            answers.append(self.env._("last on %s", format_date(self.env, self.last_trade_date)))
        if self.next_order_date:
            answers.append(
                self.env._("next expected on %s", format_date(self.env, self.next_order_date))
            )
        return answers

    def _profile_much(self):
        revenue, days = self.revenue_12m, self.trade_days_12m
        # nothing in the books of somebody who never bought is no answer
        if not self.first_trade_date or revenue is False:
            return []
        currency = self.currency_id
        answers = [self.env._("%s in twelve months", format_amount(self.env, revenue, currency))]
        if days:
            answers.append(
                self.env._(
                    "%s on a day of trade", format_amount(self.env, revenue / days, currency)
                )
            )
        return answers

    def _profile_pay(self):
        terms = self.partner_id.with_company(self.company_id).sudo().property_payment_term_id
        answers = [terms.name or ""]
        if self.late_share is not False:
            late = formatLang(self.env, self.late_share * 100, digits=0)
            answers.append(self.env._("%s %% of the items late", late))
        if self.average_days_late is not False and self.average_days_late > 0:
            answers.append(self.env._("%s days late on average", round(self.average_days_late)))
        return answers

    def _profile_known(self):
        """As told, else the source of the first lead of the contact that has one."""
        if self.known_from_id:
            return [self.known_from_id.name], "file"
        lead = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("partner_id", "child_of", self.partner_id.id),
                    ("source_id", "!=", False),
                    ("company_id", "in", (self.company_id.id, False)),
                ],
                order="create_date, id",
                limit=1,
            )
        )
        return [lead.source_id.name or ""], "books"

    def _profile_opinion(self):
        """Their opinion as told, and how many opinions of a year the user may read."""
        answers = [self._card_text("opinion_of_us")]
        opinions = self.env["logistics.opinion"]
        if opinions.has_access("read"):
            since = fields.Date.context_today(self) - relativedelta(months=12)
            count = opinions.search_count(
                [("customer_id", "=", self.id), ("create_date", ">=", since)]
            )
            if count:
                answers.append(self.env._("opinions noted in twelve months: %s", count))
        return answers
