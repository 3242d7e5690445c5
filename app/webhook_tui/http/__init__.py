"""Everything that speaks HTTP/1.1 to strangers: the hardened protocol, the receiver and the outbound sender."""
