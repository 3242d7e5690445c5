"""Every way in which a signature is known to go wrong, as variants of secret, message and header value; all pure."""
