"""HTTP/1.1 with untrusted peers: the hardened server protocol, the receiver and the outbound sender."""
