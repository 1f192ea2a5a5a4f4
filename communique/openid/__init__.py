"""A provider vouches for officers: OpenID Connect Core 1.0, by the authorization code with PKCE (RFC 7636)."""
