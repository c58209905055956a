# Part of logistics_crm. License LGPL-3 or later.
"""The chapters of the manual, their languages, and which chapter tells about which screen.

The text is in docs/manual; `make manual` renders it to the pages in the folder `manual`.
"""

# In the order of the table of contents.
CHAPTERS = (
    "start",
    "customers",
    "visits",
    "retention",
    "keyaccounts",
    "credit",
    "receivables",
    "manager",
    "service",
    "screening",
    "executive",
    "portal",
    "admin",
    "glossary",
)
PORTAL_CHAPTER = "portal"
LANGUAGES = ("en", "zh_CN", "zh_TW")
# Further languages whose readers read one of ours rather than English.
READ_AS = {"zh_HK": "zh_TW"}

# Screens by the beginning of their model's name: the longest that fits decides.
MODELS = {
    "logistics.": "start",
    "logistics_front_page": "start#today",
    "action_spreadsheet_dashboard": "executive#dashboards",
    "logistics.account.plan": "keyaccounts#account-plan",
    "logistics.adoption": "manager#adoption",
    "logistics.ageing": "receivables#ageing",
    "logistics.ageing.snapshot": "receivables#month-ends",
    "logistics.alarm.proposal": "manager#alarm-thresholds",
    "logistics.allocation": "keyaccounts#capacity",
    "logistics.arrears.gate": "credit#gates",
    "logistics.balance.confirmation": "receivables#confirmations",
    "logistics.capacity": "keyaccounts#capacity",
    "logistics.cash.forecast": "receivables#forecast",
    "logistics.churn": "retention#alarms",
    "logistics.churn.model": "admin#settings",
    "logistics.collection": "receivables#worklist",
    "logistics.compensation.authority": "service#compensation",
    "logistics.competitor": "keyaccounts#competitors",
    "logistics.complaint": "service#handle-complaint",
    "logistics.complaint.compensation": "service#compensation",
    "logistics.concession": "manager#concessions",
    "logistics.consumption": "retention#consumption",
    "logistics.contract": "customers#documents",
    "logistics.credit": "credit#grades",
    "logistics.credit.authority": "credit#decide-release",
    "logistics.credit.backtest": "credit#policy",
    "logistics.credit.hold": "credit#holds-signals",
    "logistics.credit.limit": "credit#limits",
    "logistics.credit.policy": "credit#policy",
    "logistics.credit.release": "credit#decide-release",
    "logistics.credit.rule.exclusion": "credit#policy",
    "logistics.credit.signal": "credit#holds-signals",
    "logistics.customer": "customers#read-customer",
    "logistics.customer.cohort": "retention#gains-losses",
    "logistics.customer.duplicate": "customers#new-customer",
    "logistics.customer.financial": "customers#complete-file",
    "logistics.customer.target": "screening#after",
    "logistics.customer.type": "admin#settings",
    "logistics.development": "keyaccounts#development",
    "logistics.dispute": "receivables#disputes",
    "logistics.document": "customers#documents",
    "logistics.duplicate.dismissal": "customers#new-customer",
    "logistics.fact": "customers#complete-file",
    "logistics.file": "admin#settings",
    "logistics.handover": "manager#ownership",
    "logistics.inquest": "screening#after",
    "logistics.key.person": "customers#key-persons",
    "logistics.lane": "retention#consumption",
    "logistics.legal.case": "receivables#legal-cases",
    "logistics.legal.form": "admin#settings",
    "logistics.letter.batch": "receivables#statements",
    "logistics.lost.quote": "keyaccounts#competitors",
    "logistics.network": "manager#network",
    "logistics.newcomer": "retention#newcomers",
    "logistics.onboarding": "retention#newcomers",
    "logistics.opinion": "service#opinions",
    "logistics.opinion.focus": "executive#opinions",
    "logistics.opinion.ranking": "executive#opinions",
    "logistics.outreach": "manager#campaigns",
    "logistics.ownership": "manager#ownership",
    "logistics.payment.promise": "receivables#promises",
    "logistics.person": "customers#key-persons",
    "logistics.personal.dossier": "customers#key-persons",
    "logistics.portfolio": "manager#portfolio",
    "logistics.receivable": "receivables#ageing",
    "logistics.receivable.kpi": "receivables#key-figures",
    "logistics.recognition": "customers#documents",
    "logistics.rectification": "screening#after",
    "logistics.retention.measure": "manager#concessions",
    "logistics.retention.programme": "manager#concessions",
    "logistics.retention.rate": "retention#gains-losses",
    "logistics.rhythm": "retention#alarms",
    "logistics.satisfaction": "service#satisfaction",
    "logistics.scenario": "manager#concessions",
    "logistics.screening": "screening",
    "logistics.screening.judgement": "screening#judge",
    "logistics.segment": "manager#campaigns",
    "logistics.service": "admin#settings",
    "logistics.setup": "admin#first-steps",
    "logistics.stage.change": "retention#gains-losses",
    "logistics.symposium": "service#symposium",
    "logistics.target.customer": "screening#after",
    "logistics.territory": "manager#network",
    "logistics.trading.history": "admin#history",
    "logistics.trading.report": "retention#consumption",
    "logistics.true.margin": "manager#concessions",
    "logistics.value.class": "manager#value-classes",
    "logistics.value.delivered": "customers#documents",
    "logistics.visit": "visits#work-day",
    "logistics.visit.coverage": "manager#visits",
    "logistics.visit.dashboard": "manager#visits",
    "logistics.visit.handover": "manager#visits",
    "logistics.visit.override": "manager#visits",
    "logistics.visit.plan": "manager#visits",
    "logistics.visit.report": "manager#visits",
    "logistics.visit.request": "visits#requests",
    "logistics.visit.status": "visits#plan-week",
    "logistics.white.space": "retention#white-space",
    "logistics.winback": "retention#winback",
    "logistics.zone": "retention#consumption",
    "res.config.settings": "admin#settings",
    "sale.order": "credit#held-order",
}
# Screens that share their model with others: by the action that opens them.
ACTIONS = {
    "action_account_plan_missing": "keyaccounts#account-plan",
    "action_ahead": "retention#alarms",
    "action_bus_factor": "manager#ownership",
    "action_call_list": "retention#call-list",
    "action_credit_watch": "credit#grades",
    "action_lost": "retention#winback",
    "action_network": "manager#network",
    "action_newcomer": "retention#newcomers",
    "action_ownership_gap": "manager#ownership",
    "action_pareto": "manager#value-classes",
    "action_price_alone": "manager#concessions",
    "action_threatened_customer": "keyaccounts#competitors",
    "action_upgrade_candidate": "manager#value-classes",
}


def place_of_screen(action="", model=""):
    """The chapter that tells about a screen, with its section: "credit#gates".

    :param action: external id of the action shown, with or without its module, or empty
    :param model: name of the model shown, or the tag of a client action, or empty
    :return: the first chapter for screens of others, or when nothing is known
    """
    if place := ACTIONS.get(action.removeprefix("logistics_crm.")):
        return place
    fitting = [name for name in MODELS if model.startswith(name)]
    return MODELS[max(fitting, key=len)] if fitting else CHAPTERS[0]


def language_of(code):
    """The language of the manual for a user's language code: English where there is none."""
    code = READ_AS.get(code, code)
    return code if code in LANGUAGES else LANGUAGES[0]
