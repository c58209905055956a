# Part of logistics_crm. License LGPL-3 or later.
"""What happens once, when the addon is installed on a company that already trades."""


def post_init_hook(env):
    """Open a customer account for everybody the company already trades with.

    The figures are filled by the nightly job, whose first run is due at once: a company with a
    million invoices must not wait for them inside the installation.
    """
    env["logistics.customer"]._ensure_accounts()
