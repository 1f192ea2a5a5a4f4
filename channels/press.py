"""Releases to the media by e-mail: as `email`, in the form that newsrooms know."""

from channels.mail.mail_channel import MailChannel


class PressChannel(MailChannel):
    """Mail through a mail server (SMTP). See `MailChannel` for the settings."""
