# Part of logistics_crm. License LGPL-3 or later.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

# How pressing an item of the action list is, the most pressing first.
LEVELS = ("danger", "warning", "info", "success", "muted")
# With fewer days of trade than this the page says that the figures are young.
YOUNG_DAYS = 14


class LogisticsFrontPage(models.AbstractModel):
    """The page each role opens first: what waits today, and the few numbers of its work.

    A number is the count of a domain, read with the rights of its reader, and opens the list of
    that same domain: number and list cannot disagree. Everything comes from stored figures and
    counters, nothing from invoices.
    """

    _name = "logistics.front.page"
    _description = "Front Page"

    # ------------------------------------------------------------------ roles
    @api.model
    def _roles(self):
        """The pages this user has, the first one is opened.

        :return: list of ``(code, title)``
        """
        user = self.env.user
        roles = []
        if user.has_group("logistics_crm.group_manager"):
            roles.append(("manager", self.env._("Manager")))
        if user.has_group("logistics_crm.group_credit_controller"):
            roles.append(("controller", self.env._("Credit Control")))
        if user.has_group("logistics_crm.group_manager"):
            roles.append(("executive", self.env._("Executive")))
        if user.has_group("logistics_crm.group_user"):
            roles.append(("rep", self.env._("My Customers")))
        return roles

    @api.model
    def _role(self, role):
        codes = [code for code, _title in self._roles()]
        if not codes:
            raise AccessError(
                self.env._(
                    "The front page is for representatives, managers and credit controllers. "
                    "Ask an administrator for one of these rights."
                )
            )
        return role if role in codes else codes[0]

    # ------------------------------------------------------------------ what a page holds
    @api.model
    def _panes(self, role):
        """The panes of a role's page; other areas add to them.

        :return: list of ``dict(code, title, items=[_item(...)])``
        """
        return getattr(self, f"_panes_{role}")()

    @api.model
    def _item(self, code, label, model, domain, **options):
        """Describe one number.

        :param code: stable within the role
        :param model: name of the model whose records are counted
        :param domain: domain as a list; relative dates (``'today -7d'``) are the user's days
        :param options: ``amount`` (monetary field summed beside the count), ``level`` when not 0,
            ``todo`` (stands in the action list while it is not 0), ``action`` (xmlid of the
            window action whose views are used), ``hint`` (one sentence, shown on hovering),
            ``note`` (shown below the number), ``group_by``, ``views`` (of the list, where it has
            no action)
        :return: dict, or None when the user may not read the model
        """
        if model not in self.env or not self.env[model].has_access("read"):
            return None
        return {"code": code, "label": label, "model": model, "domain": domain, **options}

    @api.model
    def _pane(self, code, title, *items):
        return {"code": code, "title": title, "items": [item for item in items if item]}

    # ------------------------------------------------------------------ figures
    @api.model
    def _figure(self, item):
        """Count, and sum where one is asked for and the user may see it.

        Amounts are in company currency; several companies give one amount a currency, never a
        sum of different ones.
        """
        model = self.env[item["model"]]
        amount = item.get("amount")
        if not amount or not model._has_field_access(model._fields[amount], "read"):
            return model.search_count(item["domain"]), []
        count, sums = 0, {}
        for company, number, total in model._read_group(
            item["domain"], ["company_id"], ["__count", f"{amount}:sum"]
        ):
            count += number
            # no record knows its amount: nothing is told, least of all zero
            if total is not None and total is not False:
                currency = company.sudo().currency_id
                sums[currency] = sums.get(currency, 0.0) + total
        return count, [(total, currency) for currency, total in sums.items()]

    @api.model
    def _tell_item(self, item):
        count, sums = self._figure(item)
        return {
            "code": item["code"],
            "label": item["label"],
            "hint": item.get("hint", ""),
            "note": item.get("note", "") if count else "",
            "count": count,
            "amounts": [format_amount(self.env, total, currency) for total, currency in sums],
            "level": item.get("level", "info") if count else "muted",
            "todo": bool(item.get("todo")),
        }

    # ------------------------------------------------------------------ the page
    @api.readonly
    @api.model
    def get_page(self, role=False):
        """Everything the screen shows, with the rights of the user who asks.

        :param role: code of a role, the first of the user's when omitted or not the user's
        :return: ``dict(role, roles, companies, figures_as_of, state, message, panes, today,
            dashboard, setup)``; ``state`` is ``empty`` (no customer account in the companies),
            ``nobody`` (none of the representative's own), ``waiting`` (figures never computed),
            ``young`` (trade of few days) or ``ready``
        :raise AccessError: for a user without any role of this application
        """
        role = self._role(role)
        state, message = self._state(role)
        panes = []
        if state != "empty":
            panes = [
                {**pane, "items": [self._tell_item(item) for item in pane["items"]]}
                for pane in self._panes(role)
            ]
        items = [item for pane in panes for item in pane["items"]]
        todo = [item for item in items if item["todo"] and item["count"]]
        as_of = self._figures_as_of()
        return {
            "role": role,
            "roles": [{"code": code, "title": title} for code, title in self._roles()],
            "companies": ", ".join(self.env.companies.mapped("name")),
            "figures_as_of": format_date(self.env, as_of) if as_of else False,
            "state": state,
            "message": message,
            "panes": panes,
            "today": sorted(todo, key=lambda item: LEVELS.index(item["level"])),
            "dashboard": self._dashboard(role),
            "setup": self._setup_state(role),
        }

    @api.model
    def _figures_as_of(self):
        """The oldest day for which the figures of the companies are true, or False."""
        days = [
            day
            for company in self.env.companies
            if (
                day := self.env["logistics.customer"]
                .sudo()
                .search([("company_id", "=", company.id), ("figures_as_of", "!=", False)], limit=1)
                .figures_as_of
            )
        ]
        return min(days, default=False)

    @api.model
    def _state(self, role):
        """Whether there is anything to show, and what to do when there is not."""
        accounts = self.env["logistics.customer"].sudo()
        ours = Domain("company_id", "in", self.env.companies.ids)
        if not accounts.search_count(ours, limit=1):
            if role in ("manager", "executive"):
                return "empty", self.env._(
                    "There is no customer in this company yet. First Steps takes you from here to "
                    "the first figures: import your history, or let the first orders and "
                    "invoices open the accounts."
                )
            return "empty", self.env._(
                "There is no customer in this company yet. They appear with the first orders and "
                "invoices, or when a manager imports the history."
            )
        if role == "rep" and not accounts.search_count(
            ours
            & (Domain("user_id", "=", self.env.uid) | Domain("backup_user_id", "=", self.env.uid)),
            limit=1,
        ):
            return "nobody", self.env._(
                "No customer is assigned to you yet. Customers without a representative are "
                "listed below; a manager assigns them."
            )
        if not accounts.search_count(ours & Domain("figures_as_of", "!=", False), limit=1):
            return "waiting", self.env._(
                "The figures have not been computed yet. This happens every night; a manager can "
                "have it done now."
            )
        first = accounts.search(
            ours & Domain("first_trade_date", "!=", False), order="first_trade_date", limit=1
        ).first_trade_date
        today = fields.Date.context_today(self)
        if not first or (today - first).days < YOUNG_DAYS:
            return "young", self.env._(
                "There is little trade so far. Rhythm, risk and value need a few weeks; import "
                "the history of earlier years to have them at once."
            )
        return "ready", ""

    @api.model
    def _dashboard(self, role):
        """The spreadsheet dashboard of a role: its id, False when it was removed."""
        record = self.env.ref(f"logistics_crm.dashboard_{role}", raise_if_not_found=False)
        return record.id if record and record.is_published else False

    @api.model
    def _setup_state(self, role):
        """How far the first steps are, for managers only; the set-up area answers."""
        return False

    # ------------------------------------------------------------------ actions
    @api.readonly
    @api.model
    def open_item(self, role, code):
        """The list a number counts.

        :return: a window action on the very domain of the number
        :raise UserError: when the page of the role has no such number
        """
        role = self._role(role)
        for pane in self._panes(role):
            for item in pane["items"]:
                if item["code"] == code:
                    return self._item_action(item)
        raise UserError(self.env._("This number is not on your page. Reload the page."))

    @api.model
    def _item_action(self, item):
        views = item.get("views", [(False, "list"), (False, "form")])
        if item.get("action"):
            views = self.env["ir.actions.actions"]._for_xml_id(item["action"])["views"]
        context = {"group_by": item["group_by"]} if item.get("group_by") else {}
        return {
            "type": "ir.actions.act_window",
            "res_model": item["model"],
            "domain": item["domain"],
            "views": views,
            "context": context,
            "target": "current",
            "name": item["label"],
        }

    @api.model
    def refresh_now(self):
        """Ask for the nightly refresh of the figures now; it runs in the background.

        :raise AccessError: for users who are no managers
        """
        if not self.env.user.has_group("logistics_crm.group_manager"):
            raise AccessError(self.env._("Only managers have the figures computed."))
        self.env.ref("logistics_crm.cron_refresh_figures").sudo()._trigger()
        return True
