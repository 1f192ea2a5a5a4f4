"""What the kinds that send e-mail share: addresses, composing, and the talk with the mail server.

`composition` turns a message into bytes, `dialogue` hands bytes over; neither knows the other.
"""
