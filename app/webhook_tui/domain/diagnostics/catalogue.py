"""The texts of every known cause, as data: what follows `Fits`, what happened, what to change."""

from __future__ import annotations

_AS_IS = "Use the secret's characters as they are, in UTF-8."
_STRIP = "Strip white space when reading the secret."
_ENV = "Quote the value in the .env file, or set the variable elsewhere."
_STORE = "Read only the value from the secret store or file."
_SET = "Set the secret where the sender reads it."
_HMAC = "Use HMAC-SHA256 with the secret as key and the raw body as message."
_SIGN_SENT = "Sign exactly the bytes that are sent."
_SEND_SIGNED = "Send exactly the bytes that were signed."
_CURL = "Send exactly the bytes that were signed. In curl use --data-binary."
_ENCODED = "Encode the text once, then sign and send those bytes."
_RAW = "Sign the raw body, before anything parses it."
_BINARY = "Transfer the body as binary."
_ALONE = "PiktID signs the body alone."
_PREFIX = "Write sha256= in front of the digest, once."
_HEX = "Write the digest as 64 lower-case hex digits."
_UNCHANGED = "Pass the body on unchanged."
_PASS_ON = "Sign the bytes that are sent, and pass them on unchanged."
_REGISTERED = "Use the signing secret that was returned when the webhook was registered."
_LENGTH = "Check the length that is sent: Content-Length counts bytes."
_JSON_TYPE = "Send it as application/json, as it was signed."
_NO_BOM = "Write UTF-8 without a byte order mark."
_ONE = "Send one signature: sha256= and 64 hex digits."

# fmt: off
SECRETS: dict[str, tuple[str, ...]] = {
    # code: (phrase after `Fits`, what happened, what to change[, longer phrase after `It fits`]).
    "secret-newline": ("the secret plus a newline", "The key had a newline after the secret.", _STRIP),
    "secret-newlines": ("the secret plus two newlines", "The key had two newlines after the secret.", _STRIP),
    "secret-crlf": ("the secret plus CR and LF", "The key had CR and LF after the secret.", _STRIP),
    "secret-cr": ("the secret plus a CR", "The key had a CR after the secret.", _STRIP),
    "secret-blank": ("the secret plus a space", "The key had a space before or after the secret.", _STRIP),
    "secret-tab": ("the secret plus a tab", "The key had a tab after the secret.", _STRIP),
    "secret-stripped": ("the secret without spaces", "The known secret has white space around it, the key had none.", _STRIP),
    "secret-quoted": ("the quoted secret", "The key had quotes around the secret.", "Remove the quotes from the value."),
    "secret-mark": ("the secret plus {mark}", "The key had {mark} beside the secret.", "Remove {mark} from the value."),
    "secret-unquoted": ("the unquoted secret", "The known secret has quotes around it, the key had none.", _AS_IS),
    "secret-bracketed": ("the secret in brackets", "The key had brackets around the secret.", _AS_IS),
    "secret-without-whsec": ("the secret without whsec_", "The key lacked the secret's whsec_.", _AS_IS),
    "secret-without-whsec-newline": ("no whsec_ but a newline", "The key lacked the secret's whsec_ and had a newline.", _AS_IS, "the secret without whsec_, with a newline"),
    "secret-with-whsec": ("whsec_ and the secret", "The key had whsec_ in front of the secret.", _AS_IS),
    "secret-hex": ("the secret as hex", "The secret was decoded from hex to bytes.", _AS_IS, "the secret read as hex bytes"),
    "secret-whsec-hex": ("what follows whsec_, as hex", "whsec_ was removed and the rest decoded from hex.", _AS_IS),
    "secret-base64": ("the secret as base64", "The secret was decoded from base64.", _AS_IS, "the secret read as base64"),
    "secret-whsec-base64": ("what follows whsec_, base64", "whsec_ was removed and the rest decoded from base64, as in Standard Webhooks.", _AS_IS, "what follows whsec_, read as base64"),
    "secret-base32": ("the secret as base32", "The secret was decoded from base32.", _AS_IS),
    "secret-in-base64": ("the secret put into base64", "The secret was encoded in base64.", _AS_IS),
    "secret-in-base64-newline": ("base64 of secret + newline", "The secret was encoded in base64 with a newline after it, as `echo … | base64` does.", "Encode with `printf %s … | base64`, without a newline.", "base64 of the secret and a newline"),
    "secret-in-hex": ("the secret put into hex", "The secret was encoded in hex.", _AS_IS),
    "secret-hashed": ("a hash of the secret", "The key was the SHA-256 of the secret.", _AS_IS),
    "secret-utf16": ("the secret in UTF-16", "The key was the secret in UTF-16.", _AS_IS),
    "secret-bom": ("a BOM and the secret", "The key had a byte order mark (EF BB BF) before the secret.", "Save the file as UTF-8 without BOM."),
    "secret-invisible": ("the secret plus {character}", "The key had the invisible character {character} beside the secret.", "Type the secret again instead of pasting it."),
    "secret-bytes-text": ("the secret as b'...'", "The key was str() of a bytes object.", "Decode the secret, or pass its bytes to hmac."),
    "secret-percent-coded": ("the URL-encoded secret", "Some characters of the secret were percent-encoded.", _AS_IS),
    "secret-percent-decoded": ("the URL-decoded secret", "A % code or a + in the secret was decoded as in a URL.", _AS_IS),
    "secret-html": ("the HTML-escaped secret", "The key had HTML entities for some characters of the secret.", _AS_IS),
    "secret-backslash": ("the secret with backslashes", "The key had a backslash before some characters of the secret.", _AS_IS),
    "secret-unbackslashed": ("the secret, unescaped", "A backslash in the secret was read as an escape.", _AS_IS),
    "secret-backslash-n": (r"the secret plus \n as text", r"The key had the characters \n after the secret, as text.", _STRIP),
    "secret-json": ("the secret within JSON", "The key was the JSON object around the secret.", _STORE),
    "secret-env-line": ("the line NAME=secret", "The key was the whole line with the variable's name.", _STORE),
    "secret-comment-cut": ("the secret up to its #", "What follows # in the secret was read as a comment.", _ENV),
    "secret-dollar": ("the secret with another $", "$ in the secret was expanded as a variable or escaped.", _ENV),
    "secret-equals-cut": ("the secret cut at its =", "The secret was cut at an equals sign.", _ENV),
    "secret-plus": ("the secret, + as a space", "+ in the secret became a space.", _AS_IS),
    "secret-cut": ("the secret's first {count}", "Only the first {count} characters of the secret were used.", "Store the whole secret: look for a column or buffer that is too short.", "the first {count} characters of the secret"),
    "secret-cut-front": ("the secret's last {count}", "Only the last {count} characters of the secret were used.", "Copy the whole secret.", "the last {count} characters of the secret"),
    "secret-doubled": ("the secret twice", "The key was the secret, twice in a row.", "Paste the secret once."),
    "secret-case": ("the secret in {case} case", "The key was the secret in {case} case.", _AS_IS),
    "secret-empty": ("an empty secret", "The key was empty, white space or NUL bytes, as when the sender's variable is not set.", _SET),
    "secret-word": ("the word {word}", "The key was the text {word}, as when the sender's variable is not set.", _SET, "the word {word} as the secret"),
    "secret-placeholder": ("a placeholder as secret", "The key was {word}: a placeholder or the variable's name.", _SET),
    "token": ("the API token as secret", "The key was the API token.", _REGISTERED, "the API token used as the secret"),
    "token-newline": ("the API token plus newline", "The key was the API token with a newline.", _REGISTERED),
    "token-bearer": ("Bearer and the API token", "The key was the value of an Authorization header.", _REGISTERED),
}

DIGESTS: dict[str, tuple[str, ...]] = {
    "turned": ("with secret and body swapped", "The body was used as key and the secret as message.", _HMAC),
    "secret-prepended": ("a hash of secret plus body", "The secret was put in front of the body and both were hashed without HMAC.", _HMAC),
    "secret-appended": ("a hash of body plus secret", "The secret was put after the body and both were hashed without HMAC.", _HMAC),
    "secret-both-ends": ("a hash of secret, body, secret", "The body was hashed between two copies of the secret, without HMAC.", _HMAC),
    "secret-in-message": ("HMAC of body and secret", "The secret was part of the message as well as the key.", _HMAC),
    "keyless": ("a hash without any secret", "The digest is a hash of the body alone: anyone can make it.", _HMAC),
    "hash-signed": ("HMAC of the body's hash", "The body was hashed first, and the hash was signed.", _HMAC),
    "signed-twice": ("HMAC done twice", "The first digest was signed once more.", _HMAC),
    **{
        name.lower().replace("sha-", "sha"): (f"with {name}", f"It was made with {name}; PiktID uses SHA-256.", _HMAC)
        for name in ("SHA-1", "MD5", "SHA-224", "SHA-384", "SHA-512", "SHA3-256")
    },
}

_RIGHT: dict[str, tuple[str, ...]] = {
    # What is unusual about a right digest: `The digest is right, but ...`.
    "prefix-missing": ("once sha256= is in front", "sha256= is missing in front of it.", _PREFIX),
    "prefix-doubled": ("with sha256= only once", "it has more than one prefix.", _PREFIX),
    "prefix-case": ("with a lower-case sha256=", "its prefix is not in lower case.", _PREFIX),
    "prefix-other": ("with sha256= as its prefix", "it has another prefix than sha256=.", _PREFIX),
    "prefix-as-text": ("with sha256= in front", "another word is in front of it.", _PREFIX),
    "value-quoted": ("without quotes around it", "the header's value is in quotes.", "Write the value without quotes."),
    "value-blank": ("without the space in it", "the header's value has white space in it.", "Write sha256= and the digits without white space."),
    "value-percent-coded": ("after %-decoding", "the header's value is percent-encoded.", "Write the header's value without URL encoding."),
    "value-json": ("taken out of JSON", "the header's value is JSON.", "Write the value itself into the header."),
    "upper-case": ("in lower case", "it is written in upper case.", _HEX, "after its digits are made lower case"),
    "grouped": ("without marks between digits", "its bytes are separated, as BitConverter.ToString does.", _HEX),
    "unpadded": ("with each byte in two digits", "bytes below 10 hex lack their leading zero.", "Write each byte as two digits (%02x)."),
    "sign-extended": ("without the added f digits", "bytes above 7f are written as negative numbers: ffffffxx.", "Mask each byte with 0xff and write two digits."),
    "decimal": ("written as decimal numbers", "its bytes are decimal numbers.", _HEX),
    "digest-text": ("as printed bytes", "it is Python's text of a bytes object.", _HEX),
    "base64": ("as base64", "it is written in base64.", _HEX),
    "base64url": ("as base64url", "it is written in base64 for URLs.", _HEX),
    "base64-of-hex": ("taken out of base64", "its hex digits are encoded in base64 once more.", _HEX),
    "hex-of-hex": ("taken out of hex", "its hex digits are encoded in hex once more.", _HEX),
    "base32": ("as base32", "it is written in base32.", _HEX),
}

HEADERS: dict[str, tuple[str, ...]] = {
    **{code: (texts[0], f"The digest is right, but {texts[1]}", *texts[2:]) for code, texts in _RIGHT.items()},
    "value-list": ("one of several signatures", "The header has several items, and one of them fits.", _ONE),
    "two-headers": ("one of its signature headers", "The delivery has several X-Webhook-Signature headers, and one of them fits.", "Set the header once."),
    "leading-zero": ("with its leading zero", "The digest begins with a zero that was dropped.", "Write each byte as two digits (%02x)."),
    "truncated": ("in its first {count} digits", "The digest has {digits} hex digits, and only the first {count} arrived.", "Send the whole digest."),
    "other-header": ("under {name}", "The signature is in the header {name}.", "Send it as X-Webhook-Signature.", "as the value of the header {name}"),
}

BODIES: dict[str, tuple[str, ...]] = {
    # -- the ends of the body
    "trailing-newline": ("without the last newline", "A newline was added at the end of the body after signing.", _CURL, "without the newline at the end of the body"),
    "trailing-crlf": ("without the last CR and LF", "CR and LF were added at the end of the body after signing.", _CURL, "without the CR and LF at the end of the body"),
    "missing-newline": ("with a newline at the end", "A newline at the end of the body was signed and did not arrive.", _CURL, "with a newline at the end of the body"),
    "missing-newlines": ("with two newlines at the end", "Two newlines at the end of the body were signed and did not arrive.", _CURL),
    "missing-crlf": ("with CR and LF at the end", "CR and LF at the end of the body were signed and did not arrive.", _SEND_SIGNED),
    "surrounding-blanks": ("without space around it", "White space around the body was added after signing.", _SEND_SIGNED, "without the white space around the body"),
    "leading-blank": ("with white space in front", "White space in front of the body was signed and did not arrive.", _SEND_SIGNED),
    "trailing-nul": ("with a NUL byte at the end", "A NUL byte after the body was signed.", "Sign as many bytes as are sent."),
    "nul-added": ("without NUL bytes at the end", "NUL bytes at the end of the body were added after signing.", _SEND_SIGNED),
    "last-byte-lost": ("with one more byte, {byte}", "One byte at the end of the body, {byte}, was signed and did not arrive.", _LENGTH),
    "last-byte-unsigned": ("without the last byte", "The last byte of the body was not signed.", _SIGN_SENT),
    "end-lost": ("with {text} at the end", "The end of the body, {text}, was signed and did not arrive.", _LENGTH),
    "body-cut": ("the first {count} bytes", "Only the first buffer of the body was signed.", "Read the body to its end before signing it.", "the first {count} bytes of the body"),
    "body-last-buffer": ("the last {count} bytes", "Only the last buffer of the body was signed.", "Update the digest with every buffer.", "the last {count} bytes of the body"),
    "body-characters": ("the first {count} bytes", "The signed part has as many bytes as the body has characters.", "Count bytes, not characters.", "as many bytes as the body has characters"),
    "empty-body": ("an empty body", "No bytes at all were signed, as when the stream was read before.", "Keep the body's bytes before anything reads the stream."),
    "body-twice": ("the body twice", "The body was signed twice in a row.", "Update the digest with the body once."),
    "body-doubled": ("half of the body", "The body arrived twice in a row; one copy was signed.", "Send the body once."),
    # -- lines, encodings
    "crlf-to-lf": ("with LF for CRLF", "Line ends were LF when the body was signed and arrived as CRLF.", _BINARY),
    "lf-to-crlf": ("with CRLF for LF", "Line ends were CRLF when the body was signed and arrived as LF.", _BINARY),
    "lines-joined": ("without line ends", "Line ends were removed before signing.", _SIGN_SENT),
    "bom-added": ("without the byte order mark", "A byte order mark (EF BB BF) was added after signing.", _NO_BOM),
    "bom-cut": ("with a byte order mark", "A byte order mark (EF BB BF) was signed and did not arrive.", _NO_BOM),
    "utf8-replaced": ("with U+FFFD for bad bytes", "Bytes of the body that are not UTF-8 were replaced by U+FFFD before signing.", "Sign the body's bytes, not text decoded from them."),
    "utf16": ("the body as UTF-16", "The text was signed as UTF-16 and arrived as UTF-8.", _ENCODED),
    "body-encoded-twice": ("the body encoded twice", "The body's UTF-8 was read as {name} and encoded once more before signing.", _ENCODED, "the body encoded as UTF-8 twice"),
    "body-sent-encoded-twice": ("before encoding it twice", "The body's UTF-8 was read as {name} and encoded once more after signing.", _ENCODED, "the body before it was encoded twice"),
    "utf8-to-latin1": ("the body as Latin-1", "The text was signed as Latin-1 and arrived as UTF-8.", _ENCODED),
    "utf8-to-cp1252": ("the body as Windows-1252", "The text was signed as Windows-1252 and arrived as UTF-8.", _ENCODED),
    "utf8-sent-otherwise": ("the body as UTF-8", "The text was signed as UTF-8 and arrived as {name}.", _ENCODED, "the body as UTF-8; it arrived as {name}"),
    "question-marks": ("with ? for non-ASCII", "Characters outside ASCII were replaced by ? before signing.", _ENCODED),
    "non-ascii-dropped": ("without non-ASCII", "Characters outside ASCII were dropped before signing.", _ENCODED),
    "unicode-nfc": ("in Unicode form NFC", "The text was signed in Unicode normal form NFC and arrived in another form.", _SIGN_SENT),
    "unicode-nfd": ("in Unicode form NFD", "The text was signed in Unicode normal form NFD and arrived in another form.", _SIGN_SENT),
    # -- wrapped and packed
    "decompressed": ("the decompressed body", "The body was signed before {name} compressed it.", "Sign what is sent, after compressing."),
    "form-decoded": ("the form-decoded body", "The body arrived form-encoded and was signed without that encoding.", _JSON_TYPE),
    "form-field": ("one field of the form", "The body arrived as a form, and the value of one field was signed.", _JSON_TYPE),
    "form-encoded": ("the form-encoded body", "The body was signed form-encoded and arrived without that encoding.", _SIGN_SENT),
    "form-of-fields": ("its fields as a form", "The fields of the JSON were signed as a list of names and values.", _RAW),
    "multipart": ("one part of the multipart", "The body arrived as multipart, and one part was signed.", _JSON_TYPE),
    "chunk-framing": ("without chunk sizes", "The body arrived with its chunk sizes in it.", "Remove the chunked framing, or keep Transfer-Encoding: chunked."),
    "html-escaped": ("before HTML escaping", "The body arrived HTML-escaped (&quot;) and was signed without.", _UNCHANGED),
    "html-unescaped": ("the HTML-escaped body", "The body was signed HTML-escaped (&quot;) and arrived without.", _SIGN_SENT),
    "wrapped": ("the text in the field {name}", "The signed text arrived inside a JSON object, in the field {name}.", "Extract the body from the object that wraps it, as Lambda and queues do, and pass on its bytes."),
    "wrapped-base64": ("base64 in the field {name}", "The signed bytes arrived in base64 inside a JSON object, in the field {name}.", "Decode the base64 in the field and pass on its bytes."),
    "wrapped-object": ("the value of {name}", "The signed JSON arrived as the value of {name} inside another object.", _UNCHANGED),
    "json-string": ("the JSON in the string", "The body arrived as a JSON string; the text in it was signed.", "The body was encoded as JSON twice: encode it once."),
    "json-string-signed": ("the body as a JSON string", "The body was encoded as a JSON string before signing.", _RAW),
    "wrapper-signed": ("the body within an object", "The body was signed as the field {name} of an object.", _RAW),
    "body-base64": ("the body in base64", "The body was signed in base64, as API gateways pass it on.", "Decode the body before signing it."),
    "body-from-base64": ("the body out of base64", "The body arrived in base64; the decoded bytes were signed.", _SIGN_SENT),
    "body-hex": ("the body in hex", "The body was signed in hex.", _RAW),
    "body-from-hex": ("the body out of hex", "The body arrived in hex; the decoded bytes were signed.", _SIGN_SENT),
    "body-from-numbers": ("the bytes in the list", "The body arrived as a list of numbers, one for each byte.", "Send the bytes, not the text of a Buffer or an array."),
    **{
        f"body-from-{language.lower()}": (f"the body out of {what}", f"The body arrived as the text that {what} of {language} makes of it.", "Send the bytes, or serialize the object as JSON.")
        for language, what in (("Python", "str()"), ("Ruby", "inspect"))
    },
    # -- a text made of the body
    "python-bytes-text": ("the body as b'...'", "str() of a bytes object was signed.", "Pass the bytes to hmac, not str() of them."),
    "body-printed": ("{what}", "The body was printed as {what} ({language}), and that text was signed.", _RAW),
    "word-for-body": ("{word}", "The text {word} was signed instead of the body: {language} prints it for a value that is not text.", _RAW, "the text {word}"),
    # -- around the body
    "timestamp": ("timestamp.body", "A timestamp and a full stop were signed in front of the body.", _ALONE, "over timestamp.body"),
    "id-timestamp": ("id.timestamp.body", "An id and a timestamp were signed in front of the body, as in Standard Webhooks.", _ALONE, "over id.timestamp.body"),
    "joined": ("{what}", "What was signed is {what}, not the body alone.", _ALONE, "over {what}"),
    "url-body": ("over {what}", "What was signed is {what}, not the body alone.", _ALONE),
    "url": ("the URL alone", "Only the URL was signed.", "Sign the body."),
    "headers": ("over {what}", "Only the value of {what} was signed.", _ALONE),
    "headers-body": ("over {what} and body", "The value of {what} was signed in front of the body.", _ALONE),
    **{
        f"only-{name}": (f"the field {name} alone", f"Only the value of {name} was signed.", "Sign the whole body, not a part of it.")
        for name in ("id", "name", "data", "timestamp")
    },
    # -- other deliveries
    "swapped": ("the body of #{seq}", "The signature belongs to delivery #{seq}, which has another body.", "Two deliveries were mixed up: look for shared state."),
    "event-changed": ("the same event's #{seq}", "The same event arrived as #{seq}, and this is the signature of that body.", _PASS_ON),
    "same-signature": ("what #{seq} has, too", "Delivery #{seq} has the same signature and another body.", "Sign each body by itself: look for a fixed value or shared state."),
}

CATALOGUE = SECRETS | DIGESTS | HEADERS | BODIES
HEADLINES = {
    "event-changed": ("It is the signature of #{seq}, the same event.", "It is #{seq}'s signature."),
    "swapped": ("It is the signature of delivery #{seq}.", "It is #{seq}'s signature."),
    "same-signature": ("It has the same signature as delivery #{seq}.", "Same signature as #{seq}."),
}
"""Headline and short form of the causes that do not read as `It fits ...`."""

_PAIR = "At {path}, {signed} was signed and {received} arrived."
JSON_CHANGES: dict[str, tuple[str, str]] = {
    # code: (phrase after `Fits`, what differs between the signed and the received JSON).
    "json-compact": ("the same JSON, compact", "The JSON was signed without white space."),
    "json-spaced": ("the same JSON, spaced", "The JSON was signed with a space after each comma and colon."),
    "json-indent": ("the same JSON, indented", "The JSON was signed in lines, indented."),
    **{
        f"json-indent-{count}": (f"the same JSON, indented by {count}", f"The JSON was signed in lines, indented by {count} {noun}.")
        for count, noun in ((1, "space"), (2, "spaces"), (3, "spaces"), (4, "spaces"))
    },
    "json-indent-tab": ("the same JSON, tab-indented", "The JSON was signed in lines, indented by tabs."),
    "json-spacing": ("with other white space", "The JSON was signed with other white space."),
    "json-sorted": ("with sorted keys", "The keys were signed in alphabetical order and arrived in another one."),
    "json-unsorted": ("with unsorted keys", "The keys arrived in alphabetical order and were signed in another one."),
    "json-order": ("with another order of keys", "The keys were signed in another order."),
    "json-duplicate-keys": ("without duplicate keys", "The body has a key twice in one object; only one of them was signed."),
    "json-ascii": (r"with \u escapes", r"Characters outside ASCII were signed as \u escapes and arrived as they are."),
    "json-utf8": (r"without \u escapes", r"Characters outside ASCII were signed as they are and arrived as \u escapes."),
    "json-escapes": ("with more escapes", "{signed} was signed and {received} arrived: an escape was removed after signing."),
    "json-unescaped": ("with fewer escapes", "{signed} was signed and {received} arrived: an escape was added after signing."),
    "json-escape-form": ("with other escapes", "{signed} was signed and {received} arrived: the same text in another escape."),
    "json-numbers": ("with rewritten numbers", "{signed} was signed and {received} arrived: a number was rewritten."),
    "json-nulls": ("without its null fields", "The null field {path} was not signed."),
    "json-nulls-lost": ("with null fields", "The null field {path} was signed and did not arrive."),
    "json-field-added": ("without the field {name}", "The field {path} was not signed."),
    "json-field-lost": ("with the field {name}", "The field {path} was signed and did not arrive."),
    "json-key-case": ("with renamed keys", "The key {signed} was signed and {received} arrived."),
    "json-empty-null": ("with other empty values", _PAIR),
    "json-empty-array": ("with other empty values", _PAIR),
    "json-trimmed": ("with other space in texts", "White space around the text at {path} differs between what was signed and what arrived."),
    "json-types": ("with numbers as texts", _PAIR),
    "json-values": ("with another value", _PAIR),
    "json-newline": ("with a newline after it", "A newline was signed after the JSON."),
    "json-newline-cut": ("without the newline after it", "A newline arrived after the JSON and was not signed."),
}
# fmt: on

JSON_ADVICE = {
    "piktid-signed": "The signed form is PiktID's own. Make whatever stands between PiktID and this receiver pass the "
    "bytes on unchanged.",
    "piktid-received": "The body arrived in PiktID's own form. Sign these bytes, not JSON that was parsed and serialized "
    "again.",
    "": _PASS_ON,
}

UNSET_WORDS = (
    *("undefined", "null", "None", "nil", "NaN", "[object Object]", "false", "true", "0", "NULL", "<nil>"),
    *("b''", '""'),
)
"""What a variable that is not set reads as."""

PLACEHOLDERS = (
    *("secret", "your_secret", "your-secret", "your_webhook_secret", "your-webhook-secret", "YOUR_SECRET"),
    *("YOUR_WEBHOOK_SECRET", "xxx", "TODO", "your_secret_here", "your-secret-here", "YOUR_SECRET_HERE"),
    *("webhook_secret", "changeme", "change_me", "CHANGE_ME", "changeit", "test", "test_secret", "password"),
    *("whsec_", "whsec_...", "whsec_xxx", "whsec_test", "<secret>", "<your-secret>", "[secret]", "REDACTED"),
    *("[REDACTED]", "***", "********"),
)
"""What examples of configurations have in place of a secret."""

PRINTED_WORDS = {
    "JavaScript": (
        *("[object Object]", "undefined", "null", "{}", '""', '"[object Object]"', "[]", "true", "NaN"),
        *(
            f"[object {name}]"
            for name in (
                *("ReadableStream", "Promise", "Blob", "ArrayBuffer", "Uint8Array", "Request", "IncomingMessage"),
                *("FormData", "AsyncFunction", "String"),
            )
        ),
    ),
    "Python": ("None", "b''", "<generator object>", "Ellipsis"),
    "PHP": ("Array", "Object", "stdClass Object"),
    ".NET": (
        *("System.Byte[]", "System.IO.MemoryStream", "System.Object", "System.String[]", "System.IO.Stream"),
        *("System.Text.Json.JsonElement", "Microsoft.AspNetCore.Http.HttpRequestStream"),
        "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpRequestStream",
        *("System.Net.Http.StringContent", "System.Net.Http.ByteArrayContent", "System.Text.Json.JsonDocument"),
    ),
    "Go": ("<nil>", "map[]", "&{}", "{}"),
    "Ruby": ("nil", "#<StringIO>"),
}
"""What languages print of a value that is not text."""
