"""Communiqué: announcements of a local government on its way through OGP Local.

The way of one announcement, each step knowing only what the step before it made::

    campaigns/*.yaml ──definitions──▶ Campaign ──timeline──▶ due moments ──planning──▶ Delivery rows (ledger)
                                                                                        │ scheduler.py wakes dispatch
    templates/* + facts ──rendering──▶ Message ──channels/<kind>──▶ Receipt ◀──dispatch──┘
                                                                       └──▶ ledger: attempt, proof, state
"""

__version__ = "0.1.0"
