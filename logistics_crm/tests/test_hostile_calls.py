# Part of logistics_crm. License LGPL-3 or later.
import inspect
from contextlib import contextmanager, suppress

from hypothesis import given
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LogisticsCommon
from .hostile_common import HOSTILE, fuzzing

# What a client may send as a value: plausible, hostile, and of the wrong kind.
PLAUSIBLE = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40).filter(lambda text: "\0" not in text),
    st.sampled_from(("2026-01-31", "2026-02-30", "0001-01-01", "9999-12-31", "", "seller")),
    st.integers(-(2**31), 2**31 - 1),
    st.booleans(),
    st.none(),
)
WRONG = st.one_of(
    st.floats(),
    st.lists(PLAUSIBLE, max_size=3),
    st.dictionaries(st.text(max_size=5), PLAUSIBLE, max_size=3),
)
FIELDS = ("revenue_12m", "value_class", "partner_id.name", "user_id", "id", "company_id", "nothing")
LEAF = st.tuples(
    st.sampled_from(FIELDS),
    st.sampled_from(("=", "!=", "<", ">=", "in", "not in", "ilike", "any", "child_of", "~", "=?")),
    PLAUSIBLE | WRONG,
)
DOMAIN = st.lists(LEAF | st.sampled_from(("&", "|", "!")), max_size=5)
RULES = (
    "logistics.value.class.policy",
    "logistics.value.class.criterion",
    "logistics.credit.policy",
    "logistics.credit.grade.policy",
    "logistics.ageing.bucket",
    "logistics.collection.step",
    "logistics.visit.plan",
    "logistics.service.floor",
    "logistics.onboarding.step",
)
# A wrong kind of value is a mistake of who wrote the client: Python's own words are enough then.
CLIENT_MISTAKES = (TypeError, ValueError, AttributeError, KeyError, OverflowError)


@tagged("post_install", "-at_install")
class TestHostileCalls(LogisticsCommon):
    """Methods, rules and imports fed with anything: a clear refusal, never a broken database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager")
        cls.seller = cls._user("seller")
        cls.portal = cls._user("portal")
        cls.account = cls._account(cls._partner("Hostile Calls"), user_id=cls.seller.id)
        cls._trade(cls.account.partner_id, "2025-01-01", "2025-03-01")
        cls._refresh("2025-06-30")
        rules = cls.env(user=cls.manager.id)
        rules["logistics.value.class.policy"].action_open_company_policy()
        rules["logistics.credit.policy"].action_open_company_policy()
        rules["logistics.visit.plan"].action_create_usual()
        cls.methods = [
            (model, name, len(parameters))
            for model in sorted(cls.env.registry.models)
            if model.startswith("logistics.")
            for name, parameters in cls._methods_with_values(model)
        ]

    @classmethod
    def _methods_with_values(cls, model):
        """Public methods of ours, and the values that a client may give them."""
        records = cls.env[model]
        for name in dir(type(records)):
            method = getattr(type(records), name, None)
            module = getattr(method, "__module__", None) or ""
            if not inspect.isfunction(method) or not module.startswith("odoo.addons.logistics_crm"):
                continue
            if not name.startswith(("action_", "get_", "open_", "refresh_", "pareto")):
                continue
            try:
                get_public_method(records, name)
            except AccessError:
                continue
            yield name, list(inspect.signature(method).parameters)[1:]

    def _record(self, model):
        if model == "logistics.customer":
            return self.account
        records = self.env[model]
        if records._abstract or records._table_query or not records._auto:
            return records
        return records.search([], limit=1)

    @fuzzing(60)
    @given(st.data())
    def test_methods(self, data):
        """Any public method with any values, for a manager, a salesperson and a customer."""
        chosen = [method for method in self.methods if method[2]]
        model, name, count = data.draw(st.sampled_from(chosen))
        user = data.draw(st.sampled_from((self.manager, self.seller, self.portal)))
        values = data.draw(st.lists(PLAUSIBLE | WRONG, min_size=count, max_size=count))
        self._call(user, model, name, values)

    @fuzzing(60)
    @given(st.data())
    def test_methods_of_no_or_any_record(self, data):
        """Buttons pressed on nothing, or on records that are gone."""
        model, name, _count = data.draw(st.sampled_from(self.methods))
        user = data.draw(st.sampled_from((self.manager, self.seller, self.portal)))
        ids = data.draw(st.lists(st.integers(0, 2**31 - 1), max_size=2))
        self._call(user, model, name, [], ids)

    def _call(self, user, model, name, values, ids=None):
        records = self.env[model].with_user(user)
        records = records.with_context(allowed_company_ids=self.company.ids)
        on_model = getattr(getattr(type(records), name), "_api_model", False)
        if ids is None:
            ids = self._record(model).ids
        with self._undone(UserError, *CLIENT_MISTAKES), mute_logger("odoo.models.unlink"):
            call_kw(records, name, values if on_model else [ids, *values], {})
            self.env.flush_all()

    @contextmanager
    def _undone(self, *clear):
        """Undo what happens inside; errors that say clearly what is wrong are fine."""
        savepoint = self.env.cr.savepoint()
        try:
            with suppress(*clear):
                yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    @fuzzing(80)
    @given(DOMAIN | st.text(max_size=60) | st.sampled_from(HOSTILE))
    def test_filters_of_segments_and_programmes(self, domain):
        """A filter is kept when it can be searched with, and refused with a reason otherwise."""
        text = domain if isinstance(domain, str) else repr(domain)
        text = text.replace("\0", "")
        for values in (
            {"_name": "logistics.segment", "name": "Any"},
            {"_name": "logistics.retention.programme", "name": "Any", "level": "basic"},
        ):
            model = self.env[values.pop("_name")].with_user(self.manager)
            if "level" in values:
                values["level"] = model._fields["level"].get_values(self.env)[0]
            with self._undone(UserError, ValidationError), mute_logger("odoo.sql_db"):
                record = model.create({**values, "customer_domain": text})
                record.read(["display_name", "customer_domain"])

    @fuzzing(40)
    @given(st.data())
    def test_imports_of_lists(self, data):
        """The import of Odoo's list views tells per row what is wrong, whatever the cells hold."""
        model, columns = data.draw(
            st.sampled_from(
                (
                    ("logistics.customer", ["partner_id", "user_id", "value_class"]),
                    ("logistics.key.person", ["customer_id", "name", "email"]),
                    ("logistics.contract", ["name", "customer_id", "date_start"]),
                    ("logistics.document", ["customer_id", "type_id", "number"]),
                    (
                        "logistics.competitor.observation",
                        ["customer_id", "competitor_id", "date"],
                    ),
                    (
                        "logistics.trading.history",
                        ["partner_id", "date", "document", "line", "amount"],
                    ),
                )
            )
        )
        records = self.env[model].with_user(self.manager)
        columns = [name for name in columns if name in records._fields]
        cell = st.sampled_from((*HOSTILE, "Hostile Calls", "", "1e400", "nan", "2026-02-30"))
        rows = data.draw(
            st.lists(
                st.lists(cell, min_size=len(columns), max_size=len(columns)), min_size=1, max_size=4
            )
        )
        with self._undone(UserError):
            with mute_logger("odoo.sql_db", "odoo.models"):
                answer = records.load(columns, rows)
            self.assertTrue(answer["ids"] or answer["messages"])

    @fuzzing(80)
    @given(st.data())
    def test_rule_editors(self, data):
        """A rule takes a value or says what is wrong with it; figures can still be made after."""
        model = data.draw(st.sampled_from(RULES))
        records = self.env[model].with_user(self.manager)
        records = records.with_context(allowed_company_ids=self.company.ids)
        record = records.search([], limit=1)
        names = [
            name
            for name, field in records._fields.items()
            if field.store and not field.readonly and not field.relational
        ]
        values = data.draw(st.dictionaries(st.sampled_from(names), PLAUSIBLE, max_size=3))
        # Odoo tells a constraint of a table in the constraint's words.
        clear = (UserError, IntegrityError, *CLIENT_MISTAKES)
        with self._undone(*clear), mute_logger("odoo.sql_db"):
            record.write(values) if record else records.create(values)
            self.env.flush_all()
            if record:
                self._refresh("2025-06-30")
