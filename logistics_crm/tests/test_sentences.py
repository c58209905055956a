# Part of logistics_crm. License LGPL-3 or later.
from odoo.tests import BaseCase

from odoo.addons.logistics_crm.sentences import join_sentences


class TestSentences(BaseCase):
    def test_space_only_after_narrow_ends(self):
        """English sentences are set apart by a space, Chinese ones are not."""
        self.assertEqual(join_sentences("One.", "Two."), "One. Two.")
        self.assertEqual(join_sentences("一。", "二。"), "一。二。")
        self.assertEqual(join_sentences("", "One.", False, "Two."), "One. Two.")
