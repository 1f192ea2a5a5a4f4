"""Communiqué: announcements of a local government on its way through OGP Local.

The way of one announcement, each step knowing only what the step before it made::

    campaigns/*.yaml ──definitions──▶ Campaign ──timeline──▶ due moments ──planning──▶ Delivery rows (ledger)
                                                                                        │ scheduler.py wakes dispatch
    templates/* + facts ──rendering──▶ Message ──channels/<kind>──▶ Receipt ◀──dispatch──┘
                                                                       └──▶ ledger: attempt, proof, state
"""

import os

__version__ = "0.1.0"

# Pydantic looks through all that is installed for plug-ins: a twentieth of a second of each start. And none of them is
# to change what a settings file means.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
