# Part of logistics_crm. License LGPL-3 or later.
"""Finding what the texts of a trading history file mean: countries, services, currencies."""

import re
import unicodedata
from bisect import bisect_right

from odoo.tools import SQL

# Names that old systems use and Odoo's own list does not have, by ISO code.
_COUNTRY_ALIASES = {
    "bolivia plurinational state of": "BO",
    "brunei": "BN",
    "burma": "MM",
    "cabo verde": "CV",
    "congo": "CG",
    "congo brazzaville": "CG",
    "congo democratic republic": "CD",
    "congo democratic republic of the": "CD",
    "congo kinshasa": "CD",
    "democratic republic of congo": "CD",
    "democratic republic of the congo": "CD",
    "dr congo": "CD",
    "drc": "CD",
    "czechia": "CZ",
    "east timor": "TL",
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "hong kong sar": "HK",
    "iran islamic republic of": "IR",
    "ivory coast": "CI",
    "korea": "KR",
    "korea republic of": "KR",
    "lao pdr": "LA",
    "lao peoples democratic republic": "LA",
    "macao": "MO",
    "macedonia": "MK",
    "micronesia federated states of": "FM",
    "moldova republic of": "MD",
    "palestine": "PS",
    "peoples republic of china": "CN",
    "republic of congo": "CG",
    "republic of korea": "KR",
    "republic of the congo": "CG",
    "russia": "RU",
    "slovak republic": "SK",
    "swaziland": "SZ",
    "syrian arab republic": "SY",
    "taiwan province of china": "TW",
    "tanzania united republic of": "TZ",
    "turkey": "TR",
    "uae": "AE",
    "uk": "GB",
    "united states of america": "US",
    "usa": "US",
    "vatican": "VA",
    "venezuela bolivarian republic of": "VE",
    "viet nam": "VN",
}
_NOT_WORD = re.compile(r"[\W_]+")


def name_key(text):
    """Return ``text`` without case, accents and punctuation, for comparing names."""
    text = text.replace("’", "").replace("'", "").casefold()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", text).strip().removeprefix("the ")


class Countries:
    """Countries by code, by name in any installed language, and by common other names."""

    def __init__(self, env):
        env["res.country"].flush_model(["code", "name"])
        self.by_key = {}
        by_code = {}
        rows = env.execute_query(SQL("SELECT id, code, name FROM res_country ORDER BY id"))
        for country_id, code, names in rows:
            for name in (names or {}).values():
                if name:
                    self.by_key.setdefault(name_key(name), country_id)
            if code:
                by_code[code.upper()] = country_id
        for alias, code in _COUNTRY_ALIASES.items():
            if code in by_code:
                self.by_key.setdefault(alias, by_code[code])
        for code, country_id in by_code.items():
            self.by_key[code.casefold()] = country_id

    def find(self, text):
        """Return the id of the country called ``text``, or None."""
        return self.by_key.get(name_key(text))


class Services:
    """Services by code or by name in any language; missing ones are created on request."""

    MAX_NEW = 500  # more than that and the column holds something else

    def __init__(self, env):
        self.env = env
        self.model = env["logistics.service"].sudo()
        self.model.flush_model(["code", "name"])
        self.known = {}  # key -> id
        self.wanted = {}  # key -> name as written, for those to be created
        self.codeless = set()  # ids of services without a code
        self.codes = {}  # id -> the code such a service gets: its name in the file
        rows = env.execute_query(
            SQL("SELECT id, code, name FROM logistics_service ORDER BY active DESC, id")
        )
        for service_id, code, names in rows:
            if not code:
                self.codeless.add(service_id)
            for name in (names or {}).values():
                self.known.setdefault(self.key(name), service_id)
        for service_id, code, _names in rows:
            if code:
                self.known[self.key(code)] = service_id

    @staticmethod
    def key(text):
        return " ".join((text or "").casefold().split())

    def want(self, text):
        """Note that a row uses the service called ``text``; return its key, "" when empty."""
        key = self.key(text)
        if key and key not in self.known and len(self.wanted) <= self.MAX_NEW:
            self.wanted.setdefault(key, text)
        elif self.known.get(key) in self.codeless:
            self.codes.setdefault(self.known[key], text)
        return key

    def create_missing(self, keys):
        """Create the wanted services that are among ``keys``; return how many."""
        names = [self.wanted[key] for key in sorted(keys) if key in self.wanted]
        services = self.model.create([{"name": name, "code": name} for name in names])
        for service_id, code in self.codes.items():
            self.model.browse(service_id).code = code
        for service in services:
            self.known[self.key(service.code)] = service.id
        return len(services)


class Currencies:
    """Currencies by code, and the factor into the company's currency on a day."""

    def __init__(self, env, company):
        self.env = env
        self.company = company
        self.home = company.currency_id
        currencies = env["res.currency"].sudo().with_context(active_test=False).search([])
        self.by_code = {
            currency.name.upper(): (currency.id, currency.active or currency == self.home)
            for currency in currencies
        }
        self.rates = {}  # currency id -> [(days, rates) of the company, (days, rates) shared]
        env["res.currency.rate"].flush_model()
        for currency_id, shared, day, rate in env.execute_query(
            SQL(
                """
                SELECT currency_id, company_id IS NULL, name, rate FROM res_currency_rate
                 WHERE (company_id IS NULL OR company_id = %s) AND rate > 0
                 ORDER BY name, id
                """,
                company.root_id.id,
            )
        ):
            tables = self.rates.setdefault(currency_id, (([], []), ([], [])))
            days, rates = tables[shared]
            days.append(day)
            rates.append(float(rate))
        self._factors = {}

    def _rate(self, currency_id, day):
        """The rate on or before a day; the company's own rates come before shared ones."""
        for days, rates in self.rates.get(currency_id, ()):
            position = bisect_right(days, day)
            if position:
                return rates[position - 1]
        return None

    def _home_rate(self, day):
        rate = self._rate(self.home.id, day)
        if rate is None:
            # Usually the company's currency has no rate at all, or one that never changes.
            every = {r for _days, rates in self.rates.get(self.home.id, ()) for r in rates}
            if len(every) > 1:
                return None
            rate = every.pop() if every else 1.0
        return rate

    def resolve(self, code, day, has_amounts):
        """Return ``(currency id, factor, None)`` or ``(None, None, reason)``.

        Odoo itself falls back to a later rate, or to 1.0, where no rate is known on a day; a
        figure made up like that is refused here.

        :param code: as written in the file; may be empty when the row has no amounts
        :param day: the day of the row
        :param has_amounts: whether there is anything to convert
        """
        key = (code, day if has_amounts else None)
        try:
            return self._factors[key]
        except KeyError:
            result = self._resolve(code, day, has_amounts)
            if result[2] is None:
                self._factors[key] = result
            return result

    def _resolve(self, code, day, has_amounts):
        if not code:
            if not has_amounts:
                return self.home.id, 1.0, None
            reason = self.env._(
                "The row has an amount or cost without a currency. Write its code, such as %s.",
                self.home.name,
            )
            return None, None, reason
        currency_id, active = self.by_code.get(code.upper(), (None, False))
        if not currency_id:
            reason = self.env._(
                "“%(code)s” is not a known currency. Write the three-letter code, such as "
                "%(example)s.",
                code=code[:40],
                example=self.home.name,
            )
            return None, None, reason
        if not active:
            reason = self.env._(
                "The currency %s is not active. Activate it under Accounting > Configuration > "
                "Currencies, enter its rates and import again.",
                code.upper(),
            )
            return None, None, reason
        if currency_id == self.home.id or not has_amounts:
            return currency_id, 1.0, None
        home_rate, rate = self._home_rate(day), self._rate(currency_id, day)
        if home_rate is None or rate is None:
            reason = self.env._(
                "There is no exchange rate for %(currency)s on %(date)s or before. Enter one "
                "under Accounting > Configuration > Currencies.",
                currency=code.upper() if rate is None else self.home.name,
                date=day.isoformat(),
            )
            return None, None, reason
        return currency_id, home_rate / rate, None
