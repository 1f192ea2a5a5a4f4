"""Mails that answer what somebody asked for on a page. No part of the announcements' ledger."""
