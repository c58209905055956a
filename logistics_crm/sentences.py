# Part of logistics_crm. License LGPL-3 or later.
"""Several translated sentences as one text."""

# After these no space follows: Chinese and Japanese write without.
_FULL_WIDTH_ENDS = "。！？；：，、"


def join_sentences(*sentences):
    """Join sentences of one language with a space, or without one after a full-width stop.

    :param sentences: texts; empty ones are left out
    """
    text = ""
    for sentence in sentences:
        if text and sentence and text[-1] not in _FULL_WIDTH_ENDS:
            text += " "
        text += sentence or ""
    return text
