"""E-mail to one person at a time: invitations, letters of thanks, agendas, minutes."""

from channels.mail.mail_channel import MailChannel


class EmailChannel(MailChannel):
    """Mail through a mail server (SMTP). See `MailChannel` for the settings."""
