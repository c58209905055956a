# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 500


class LogisticsOutreach(models.Model):
    """How the customers of a campaign are chosen, and their contacts prepared in batches."""

    _inherit = "logistics.outreach"

    def _choose(self):
        """Write a line per customer of the segment the user may see, in one statement.

        Whoever is held out is chosen by lot before anybody is contacted; the lot is drawn from
        the ids, so that starting again draws the same.
        """
        self.ensure_one()
        self.env.flush_all()
        customers = self.env["logistics.customer"]._search(self.segment_id._customers_domain())
        self.env.cr.execute(
            SQL(
                """
                WITH chosen AS (
                    SELECT c.id, c.user_id, %(exclusion)s AS exclusion,
                           ('x' || substr(md5(%(id)s || '-' || c.id), 1, 8))::bit(32)::bigint
                               / 4294967296.0 AS lot
                      FROM logistics_customer c
                      JOIN res_partner p ON p.id = c.partner_id
                     WHERE c.id IN %(customers)s
                ),
                placed AS (
                    SELECT *, CASE WHEN exclusion IS NOT NULL THEN 'excluded'
                                   WHEN lot < %(holdout)s THEN 'holdout'
                                   ELSE 'contact' END AS part
                      FROM chosen
                ),
                -- those held out are spread like the others, so that their days are comparable
                spread AS (
                    SELECT *, (row_number() OVER (PARTITION BY part, user_id ORDER BY lot, id) - 1)
                              / %(per_day)s AS day
                      FROM placed
                ),
                calendar AS (
                    SELECT d.first, EXTRACT(ISODOW FROM d.first)::integer - 1 AS weekday
                      FROM (SELECT %(start)s::date
                                   + CASE EXTRACT(ISODOW FROM %(start)s::date)
                                     WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END AS first) d
                )
                INSERT INTO logistics_outreach_line
                       (outreach_id, customer_id, company_id, part, exclusion, contact_date,
                        prepared, responded, order_count, called, won,
                        create_uid, write_uid, create_date, write_date)
                SELECT %(id)s, s.id, %(company)s, s.part, s.exclusion,
                       CASE WHEN s.part <> 'excluded'
                            THEN d.first + (s.day + 2 * ((s.day + d.weekday) / 5))::integer END,
                       FALSE, FALSE, 0, FALSE, FALSE,
                       %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM spread s CROSS JOIN calendar d
                    ON CONFLICT (outreach_id, customer_id) DO NOTHING
                """,
                id=self.id,
                customers=customers.subselect(),
                exclusion=self._exclusion_sql(),
                holdout=self.holdout_share,
                # only calls cost a representative's day
                per_day=self.per_day if self.kind == "call" else 10**9,
                start=self.start_date,
                company=self.company_id.id,
                uid=self.env.uid,
            )
        )
        self.invalidate_recordset()

    def _exclusion_sql(self):
        """Why a customer ``c`` with contact ``p`` is not contacted; NULL when it is."""
        self.ensure_one()
        mail = SQL()
        if self.kind == "mailing":
            mail = SQL(
                """WHEN COALESCE(p.email_normalized, '') = '' THEN 'no_email'
                   WHEN EXISTS (SELECT 1 FROM mail_blacklist b
                                 WHERE b.active AND b.email = p.email_normalized)
                   THEN 'blacklist'"""
            )
        return SQL(
            """CASE %s WHEN EXISTS (
                   SELECT 1 FROM logistics_outreach_line l
                     JOIN logistics_outreach o ON o.id = l.outreach_id
                    WHERE l.customer_id = c.id AND l.part <> 'excluded' AND o.state = 'running'
                      AND o.id <> %s AND o.kind = %s)
               THEN 'other' END""",
            mail,
            self.id,
            self.kind,
        )

    def _process(self, limit=BATCH):
        """Prepare the next customers of this campaign: calls, opportunities or list entries.

        One transaction prepares and marks a batch: a job that is killed neither loses nor
        doubles anybody.

        :return: how many were prepared; 0 when nobody waits
        """
        self.ensure_one()
        self.lock_for_update()
        lines = self.env["logistics.outreach.line"].search(
            [
                ("outreach_id", "=", self.id),
                ("part", "=", "contact"),
                ("prepared", "=", False),
                ("customer_id.active", "=", True),
            ],
            limit=limit,
        )
        if lines:
            getattr(self, f"_prepare_{self.kind}")(lines)
            lines.prepared = True
            self.invalidate_recordset(["prepared_count", "progress"])
        return len(lines)

    def _prepare_call(self, lines):
        call = self.env.ref("mail.mail_activity_data_call")
        model_id = self.env["ir.model"]._get_id("logistics.customer")
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create(
                [
                    {
                        "activity_type_id": call.id,
                        "summary": self.name,
                        "note": self.script,
                        "date_deadline": line.contact_date,
                        "user_id": (line.customer_id.user_id or self.user_id).id,
                        "res_model_id": model_id,
                        "res_id": line.customer_id.id,
                    }
                    for line in lines
                ]
            )
        )
        for line, activity in zip(lines, activities, strict=True):
            line.activity_id = activity

    def _prepare_opportunity(self, lines):
        leads = self.env["crm.lead"].create(
            [
                {
                    "type": "opportunity",
                    "name": self.env._(
                        "%(campaign)s: %(customer)s",
                        campaign=self.name,
                        customer=line.customer_id.name,
                    ),
                    "partner_id": line.customer_id.partner_id.id,
                    "company_id": self.company_id.id,
                    "user_id": (line.customer_id.user_id or self.user_id).id,
                    "description": self.script,
                }
                for line in lines
            ]
        )
        for line, lead in zip(lines, leads, strict=True):
            line.lead_id = lead

    def _prepare_mailing(self, lines):
        """Fill the mailing list; without Email Marketing the mail is written to all at once."""
        if "mailing.list" not in self.env:
            return
        if not self.mailing_list:
            made = self.env["mailing.list"].create({"name": self.name})
            self.mailing_list = f"mailing.list,{made.id}"
        contacts = self.env["mailing.contact"]
        partners = lines.customer_id.partner_id
        known = {}
        for contact in contacts.search(
            [("email_normalized", "in", partners.mapped("email_normalized"))], order="id desc"
        ):
            known[contact.email_normalized] = contact
        missing = {
            partner.email_normalized: partner
            for partner in partners
            if partner.email_normalized not in known
        }
        made = contacts.create(
            [{"name": p.name, "email": p.email_normalized} for p in missing.values()]
        )
        wanted = made.concat(
            *(known[email] for email in set(partners.mapped("email_normalized")) & known.keys())
        )
        on_list = self.mailing_list.contact_ids
        self.env["mailing.subscription"].create(
            [
                {"contact_id": contact.id, "list_id": self.mailing_list.id}
                for contact in wanted - on_list
            ]
        )
        # the next batch, and the same one again, must see who is on the list by now
        self.mailing_list.invalidate_recordset()

    @api.model
    def _cron_outreach(self):
        """Prepare what waits, batch by batch, and measure the running campaigns once a day."""
        today = fields.Date.context_today(self)
        job = self.env["ir.cron"]
        running = self.search([("state", "=", "running")])
        job._commit_progress(
            remaining=sum(o.contact_count - o.prepared_count for o in running) + len(running)
        )
        for outreach in running:
            while done := outreach._process():
                if not job._commit_progress(done):
                    return
            if outreach.measured_on != today:
                outreach._measure(today)
            if not job._commit_progress(1):
                return
