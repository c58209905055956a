"""What the pictures of the manual show: who opens which screen of the sample company."""

from typing import NamedTuple


class Scene(NamedTuple):
    """One picture."""

    name: str
    login: str
    path: object  # an address, or what makes one of the stage
    ready: str  # the element that has to be there
    steps: tuple = ()  # (what is clicked, what has to be there then) ...
    size: tuple = ()


def action(name):
    """The address of an action of the addon."""
    return f"/odoo/action-logistics_crm.{name}"


LIST = ".o_list_view .o_data_row"
PHONE = (390, 844)

SCENES = (
    Scene("today", "manager", "/odoo/logistics-today", ".o_logistics_todo", size=(1280, 640)),
    Scene("portal_home", "customer", "/my", ".o_portal_docs", size=(1000, 620)),
)
