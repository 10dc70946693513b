//! Verdicts on whole connections, all taken from Node 24: the table must hold however the bytes are cut.

use super::{Decoder, Item, Limits, Role, encode};

#[rustfmt::skip]
const REQUESTS: &[(&[u8], &str)] = &[
    (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep fields=1 body= done"),
    (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep fields=1 body= done"),
    (b"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep fields=1 body= done"),
    (b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "HPE_INVALID_VERSION Expected CRLF after version"),
    (b"GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Invalid characters in url"),
    (b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_METHOD Expected space after method"),
    (b" GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_METHOD Invalid method encountered"),
    (b"get / HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_METHOD Invalid method encountered"),
    (b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_METHOD Invalid method encountered"),
    (b"GETX / HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_METHOD Expected space after method"),
    (b"GET / HTTP/1.0\r\nHost: a\r\n\r\n", "GET / 1.0 fields=1 body= done"),
    (b"GET / HTTP/0.9\r\nHost: a\r\n\r\n", "GET / 0.9 fields=1 body= done"),
    (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "GET / 2.0 fields=1 body= done"),
    (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "HPE_INVALID_VERSION Invalid HTTP version"),
    (b"GET / HTTP/1.10\r\nHost: a\r\n\r\n", "HPE_INVALID_VERSION Expected CRLF after version"),
    (b"GET / HTTP/11\r\nHost: a\r\n\r\n", "HPE_INVALID_VERSION Expected dot"),
    (b"GET / http/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_CONSTANT Expected HTTP/, RTSP/ or ICE/"),
    (b"GET / HTTP/1.\r\nHost: a\r\n\r\n", "HPE_INVALID_VERSION Invalid minor version"),
    (b"GET /\r\nHost: a\r\n\r\n", "GET / 0.9 fields=1 body= done"),
    (b"GET\r\nHost: a\r\n\r\n", "HPE_INVALID_METHOD Expected space after method"),
    (b"GET HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Unexpected char in url schema"),
    (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", "GET * 1.1 keep fields=1 body= done"),
    (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * 1.1 keep fields=1 body= done"),
    (b"GET http://x/y?z HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://x/y?z 1.1 keep fields=1 body= done"),
    (b"GET x HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Invalid characters in url"),
    (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_CONSTANT Expected HTTP/, RTSP/ or ICE/"),
    (b"GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Invalid char in url path"),
    (b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Invalid char in url path"),
    (b"GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Invalid char in url path"),
    (b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Invalid char in url path"),
    (b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a#b 1.1 keep fields=1 body= done"),
    (b"GET /<>\"{}|\\^`[] HTTP/1.1\r\nHost: a\r\n\r\n", "GET /<>\"{}|\\^`[] 1.1 keep fields=1 body= done"),
    (b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%zz 1.1 keep fields=1 body= done"),
    (b"GET ?x HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Unexpected start char in url"),
    (b"PATCH /p HTTP/1.1\r\nHost: a\r\n\r\n", "PATCH /p 1.1 keep fields=1 body= done"),
    (b"M-SEARCH * HTTP/1.1\r\nHost: a\r\n\r\n", "M-SEARCH * 1.1 keep fields=1 body= done"),
    (b"PRI * HTTP/2.0\r\nHost: a\r\n\r\n", "HPE_INVALID_VERSION Expected HTTP/2 Connection Preface"),
    (b"SOURCE / HTTP/1.1\r\nHost: a\r\n\r\n", "SOURCE / 1.1 keep fields=1 body= done"),
    (b"SOURCE / ICE/1.0\r\nHost: a\r\n\r\n", "SOURCE / 1.0 fields=1 body= done"),
    (b"GET / ICE/1.0\r\nHost: a\r\n\r\n", "HPE_INVALID_CONSTANT Expected SOURCE method for ICE/x.x request"),
    (b"OPTIONS / RTSP/1.0\r\nHost: a\r\n\r\n", "OPTIONS / 1.0 fields=1 body= done"),
    (b"QUERY / HTTP/1.1\r\nHost: a\r\n\r\n", "QUERY / 1.1 keep fields=1 body= done"),
    (b"GET //a HTTP/1.1\r\nHost: a\r\n\r\n", "GET //a 1.1 keep fields=1 body= done"),
    (b"GET http:/x HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Unexpected char in url schema"),
    (b"GET http HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Invalid characters in url"),
    (b"GET h!tp://x/ HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Unexpected char in url schema"),
    (b"GET /\x0c HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_URL Invalid characters in url"),
    (b"\x00GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_METHOD Invalid method encountered"),
    (b"GE\x00T / HTTP/1.1\r\nHost: a\r\n\r\n", "HPE_INVALID_METHOD Invalid method encountered"),
    (b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / 1.1 keep fields=1 body= done"),
    (b"HTTP/1.1 200 OK\r\nHost: a\r\n\r\n", "HPE_INVALID_METHOD Invalid method encountered"),
    (b"A\r\nHost: a\r\n\r\n", "HPE_INVALID_METHOD Invalid method encountered"),
    (b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep fields=1 body= done"),
    (b"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep fields=1 body= done"),
    (b"\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep fields=1 body= done"),
    (b"\r\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep fields=1 body= done"),
    (b"GET / HTTP/1.1\nHost: a\n\n", "HPE_INVALID_VERSION Expected CRLF after version"),
    (b"GET / HTTP/1.1\r\nHost: a\n\r\n", "HPE_CR_EXPECTED Missing expected CR after header value"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n\n", "HPE_INVALID_HEADER_TOKEN Invalid header field char"),
    (b"GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", "HPE_LF_EXPECTED Missing expected LF after header value"),
    (b"GET / HTTP/1.1\rHost: a\r\n\r\n", "HPE_STRICT Expected CRLF after version"),
    (b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", "HPE_LF_EXPECTED Missing expected LF after header value"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n\rX", "HPE_STRICT Expected LF after headers"),
    (b"GET / HTTP/1.0\r\n\r\n", "GET / 1.0 fields=0 body= done"),
    (b"GET /\r\n\r\n", "GET / 0.9 fields=0 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX\t: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX:b\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX:\t b \t\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a b\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\tb\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header value char"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x01b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header value char"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x7fb\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header value char"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\xe9b\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX\xe9: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX(: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX/: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX@: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX y: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX\x00: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX\"y: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~: b\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n X: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Unexpected whitespace after header value"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n\tX: b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Unexpected whitespace after header value"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Unexpected whitespace after header value"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Unexpected whitespace after header value"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n \r\n\r\n", "HPE_INVALID_HEADER_TOKEN Unexpected whitespace after header value"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x0bb\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header value char"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x0cb\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header value char"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: \rb\r\n\r\n", "HPE_STRICT Expected LF after CR"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: \xff\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n_x: 1\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n1: 1\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n[x]: 1\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n{x}: 1\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX:: 1\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX=1\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX;: 1\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX,: 1\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nHost:\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nContent-length\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\nY : b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "HPE_UNEXPECTED_SPACE Unexpected space after start line"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 05\r\n\r\nhello", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 \r\n\r\nhello", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:  5\r\n\r\nhello", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\t\r\n\r\nhello", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5,5\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5.0\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Empty Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5a\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Content-Length overflow"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\nhello", "POST / 1.1 keep fields=2 body=hello"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Content-Length overflow"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9007199254740993\r\n\r\nhello", "POST / 1.1 keep fields=2 body=hello"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \"5\"\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5;\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: k\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nhello", "POST / 1.1 keep fields=2 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 00000000000000000000005\r\n\r\nhello", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -0\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1e1\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Invalid character in Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "HPE_UNEXPECTED_CONTENT_LENGTH Duplicate Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "HPE_UNEXPECTED_CONTENT_LENGTH Duplicate Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello", "HPE_INVALID_HEADER_TOKEN Invalid header field char"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Transfer-Encoding can't be present with Content-Length"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "HPE_INVALID_CONTENT_LENGTH Content-Length can't be present with Transfer-Encoding"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello", "HPE_INVALID_CONTENT_LENGTH Content-Length can't be present with Transfer-Encoding"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: identity\r\n\r\nhello", "HPE_INVALID_TRANSFER_ENCODING Transfer-Encoding can't be present with Content-Length"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "GET / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\n\r\nhello", "POST / 1.1 keep fields=1 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n 5\r\n\r\nhello", "HPE_INVALID_HEADER_TOKEN Invalid header value char"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:  chunked \r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked,\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Invalid `Transfer-Encoding` header value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Invalid `Transfer-Encoding` header value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip,chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Invalid `Transfer-Encoding` header value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Invalid `Transfer-Encoding` header value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunkedx\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \tchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header value char"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Empty Transfer-Encoding"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\t\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip;chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked ,\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Invalid `Transfer-Encoding` header value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked ,\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Invalid `Transfer-Encoding` header value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chu nked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=3 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Invalid `Transfer-Encoding` header value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Invalid `Transfer-Encoding` header value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_TRANSFER_ENCODING Invalid `Transfer-Encoding` header value"),
    (b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.0 fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header field char"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "GET / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_CR_EXPECTED Missing expected CR after chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_CR_EXPECTED Missing expected CR after chunk data"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_CR_EXPECTED Missing expected CR after chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\n", "POST / 1.1 keep fields=2 body=hello | HPE_INVALID_HEADER_TOKEN Invalid header field char"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_STRICT Expected LF after chunk data"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_STRICT Expected LF after chunk data"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\rX0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_STRICT Expected LF after chunk data"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\t\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n05\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\ng\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_STRICT Invalid character in chunk extensions"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b c\"\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\\\"c\"\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5; a=b\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_STRICT Invalid character in chunk extensions"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 ;a=b\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c=d\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;=b\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nb\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_CR_EXPECTED Missing expected CR after chunk extension name"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a\rb\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_STRICT Expected LF after chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_STRICT Invalid character in chunk extensions quoted value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a@b\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_STRICT Invalid character in chunk extensions name"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\x00\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_STRICT Invalid character in chunk extensions value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"\x01\"\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_STRICT Invalid character in chunk extensions quoted value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\rhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_STRICT Expected LF after chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=0123456789 done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=0123456789 done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000000005\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\nhello", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Chunk size overflow"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nhello", "POST / 1.1 keep fields=2 body=hello"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nhello", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Chunk size overflow"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done trailers=1"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX : y\r\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_INVALID_CONTENT_LENGTH Content-Length can't be present with Transfer-Encoding"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_INVALID_TRANSFER_ENCODING Invalid `Transfer-Encoding` header value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n X: y\r\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX\r\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0;a=b\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n000\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\rX", "POST / 1.1 keep fields=2 body=hello | HPE_STRICT Expected LF after headers"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a;;b\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\"c\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_STRICT Invalid character in chunk extensions quote value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\";c\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b=c\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_STRICT Invalid character in chunk extensions value"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5x\r\nhello\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body= | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n\r\n0\r\n\r\n", "POST / 1.1 keep fields=2 body=hello | HPE_INVALID_CHUNK_SIZE Invalid character in chunk size"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nabc", "GET / 1.1 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: close\r\n\r\nabc", "GET / 1.0 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\nabc", "GET / 1.1 keep fields=2 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\nabc", "GET / 1.0 keep fields=2 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Close, x\r\n\r\nabc", "GET / 1.1 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: Close, x\r\n\r\nabc", "GET / 1.0 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\nabc", "GET / 1.1 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\nabc", "GET / 1.0 keep fields=2 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\n\r\nabc", "GET / 1.1 keep fields=2 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: x\r\n\r\nabc", "GET / 1.0 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\nabc", "GET / 1.1 keep fields=2 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\n\r\nabc", "GET / 1.0 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nabc", "upgrade GET / rest=abc"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nabc", "upgrade GET / rest=abc"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: foo\r\n\r\nabc", "GET / 1.1 keep fields=2 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nUpgrade: foo\r\n\r\nabc", "GET / 1.0 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: foo\r\n\r\nabc", "upgrade GET / rest=abc"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: foo\r\n\r\nabc", "upgrade GET / rest=abc"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keepalive\r\n\r\nabc", "GET / 1.1 keep fields=2 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: keepalive\r\n\r\nabc", "GET / 1.0 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: clos\r\n\r\nabc", "GET / 1.1 keep fields=2 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: clos\r\n\r\nabc", "GET / 1.0 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection:  ,close\r\n\r\nabc", "GET / 1.1 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection:  ,close\r\n\r\nabc", "GET / 1.0 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive,upgrade\r\nUpgrade: websocket\r\n\r\nabc", "upgrade GET / rest=abc"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive,upgrade\r\nUpgrade: websocket\r\n\r\nabc", "upgrade GET / rest=abc"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\nabc", "GET / 1.1 fields=3 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\nabc", "GET / 1.0 fields=3 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close x\r\n\r\nabc", "GET / 1.1 keep fields=2 body= done | HPE_INVALID_METHOD Invalid method encountered"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: close x\r\n\r\nabc", "GET / 1.0 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: a\r\nContent-Length: 3\r\n\r\nabc", "upgrade GET / rest=abc"),
    (b"GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: a\r\nContent-Length: 3\r\n\r\nabc", "upgrade GET / rest=abc"),
    (b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\nabc", "upgrade CONNECT a:80 rest=abc"),
    (b"CONNECT /x HTTP/1.1\r\nHost: a\r\n\r\nabc", "upgrade CONNECT /x rest=abc"),
    (b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "upgrade CONNECT a:80 rest=abc"),
    (b"CONNECT HTTP://a HTTP/1.1\r\nHost: a\r\n\r\nabc", "upgrade CONNECT HTTP://a rest=abc"),
    (b"CONNECT a HTTP/1.1\r\nHost: a\r\n\r\nabc", "upgrade CONNECT a rest=abc"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep fields=1 body= done | GET /b 1.1 keep fields=1 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 keep fields=1 body= done | GET /b 1.1 keep fields=1 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 1.1 fields=2 body= done | HPE_CLOSED_CONNECTION Data after `Connection: close`"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: a\r\n\r\n", "POST / 1.1 keep fields=2 body=abc done | GET /b 1.1 keep fields=1 body= done"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n", "POST / 1.1 keep fields=2 body=abc done | GET /b 1.1 keep fields=1 body= done"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", "GET / 1.1 keep fields=2 body= done"),
];

/// What a role's table feeds its decoder.
pub(super) fn inputs(role: Role) -> impl Iterator<Item = &'static [u8]> {
    let table = match role {
        Role::Server => REQUESTS,
        Role::Client => RESPONSES,
    };
    table.iter().map(|(input, _)| *input)
}

/// What a decoder sees when the input arrives in pieces of that size.
fn verdict(role: Role, input: &[u8], piece: usize) -> String {
    let pieces: Vec<usize> = input.chunks(piece).map(<[u8]>::len).collect();
    verdict_on(role, Limits::default(), input, &pieces)
}

/// What a decoder sees when the input arrives in pieces of those sizes.
pub(super) fn verdict_on(role: Role, limits: Limits, input: &[u8], pieces: &[usize]) -> String {
    let mut decoder = Decoder::new(role, limits);
    let mut messages: Vec<String> = Vec::new();
    let mut body = String::new();
    let mut left: Vec<u8> = Vec::new();
    let mut next = 0;
    // Each call takes a byte or tells of something at a byte: more than that is a decoder that turns in circles.
    let mut calls = 0;
    for piece in pieces {
        left.extend_from_slice(&input[next..next + piece]);
        next += piece;
        let mut rest = left.as_slice();
        loop {
            calls += 1;
            assert!(calls < 8 * (input.len() + 8), "no end of {input:?}");
            let ahead = decoder.body_ahead().min(rest.len() as u64);
            let item = decoder.decode(&mut rest);
            let is_body = matches!(item, Ok(Item::Data(data)) if data.len() as u64 == ahead);
            assert!(ahead == 0 || is_body, "{ahead} of {input:?} aren't body");
            match item {
                Ok(Item::More) => break,
                Ok(Item::Head(head)) => {
                    let target = String::from_utf8_lossy(head.target()).into_owned();
                    if head.traits.upgrade && role == Role::Server {
                        decoder.hand_over();
                        messages.push(format!("upgrade {} {target} rest=", head.method.name()));
                        continue;
                    }
                    let start = match role {
                        Role::Server => format!("{} {target}", head.method.name()),
                        Role::Client => format!("{} {target}", head.status),
                    };
                    let keep = if head.traits.keep_alive { " keep" } else { "" };
                    let (major, minor) = head.version;
                    messages.push(format!(
                        "{start} {major}.{minor}{keep} fields={} body=",
                        head.len()
                    ));
                }
                Ok(Item::Data(data)) => body.extend(data.iter().map(|byte| *byte as char)),
                Ok(Item::End(trailers)) => {
                    let message = messages.last_mut().expect("a head came first");
                    message.push_str(&format!("{body} done"));
                    body.clear();
                    if let Some(trailers) = trailers {
                        message.push_str(&format!(" trailers={}", trailers.len()));
                    }
                }
                Err(error) => {
                    finish_body(&mut messages, &mut body);
                    messages.push(format!("{} {}", error.code(), error.reason()));
                    return messages.join(" | ");
                }
            }
        }
        left = rest.to_vec();
    }
    finish_body(&mut messages, &mut body);
    if let Some(last) = messages.last_mut()
        && last.starts_with("upgrade")
    {
        last.push_str(&String::from_utf8_lossy(&left));
    }
    messages.join(" | ")
}

fn finish_body(messages: &mut [String], body: &mut String) {
    if let Some(message) = messages.last_mut() {
        message.push_str(body);
    }
    body.clear();
}

#[test]
fn requests() {
    let mut wrong = Vec::new();
    for (input, expected) in REQUESTS {
        for piece in [usize::MAX, 1, 7, 40] {
            let found = verdict(Role::Server, input, piece);
            if found != *expected {
                let input = String::from_utf8_lossy(input);
                wrong.push(format!(
                    "{input:?} in pieces of {piece}\n  found    {found}\n  expected {expected}"
                ));
                break;
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} wrong:\n{}",
        wrong.len(),
        REQUESTS.len(),
        wrong.join("\n")
    );
}

#[test]
fn header_size_is_limited() {
    let head = |length: usize| format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(length));
    // The target, "Host" and "a" together have to stay below the limit.
    let least_refused = 16 * 1024 - 6;
    for (length, refused) in [
        (least_refused - 1, false),
        (least_refused, true),
        (20_000, true),
    ] {
        let found = verdict(Role::Server, head(length).as_bytes(), 1000);
        assert_eq!(
            found.starts_with("HPE_HEADER_OVERFLOW"),
            refused,
            "{length}"
        );
    }
    let endless = format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(20_000));
    assert!(verdict(Role::Server, endless.as_bytes(), 4096).starts_with("HPE_HEADER_OVERFLOW"));
    let many = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "a:b\r\n".repeat(3000)
    );
    assert!(
        verdict(Role::Server, many.as_bytes(), usize::MAX).ends_with("keep fields=3001 body= done")
    );
    let extension = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;{}\r\nhello\r\n",
        "a".repeat(17_000)
    );
    assert!(
        verdict(Role::Server, extension.as_bytes(), 4096).contains("HPE_CHUNK_EXTENSIONS_OVERFLOW")
    );
}

#[rustfmt::skip]
const RESPONSES: &[(&[u8], &str)] = &[
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "200 OK 1.1 keep fields=1 body=hi done"),
    (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200  1.1 keep fields=1 body= done"),
    (b"HTTP/1.0 200 OK\r\n\r\nhi", "200 OK 1.0 fields=0 body=hi"),
    (b"HTTP/1.1 200 OK\r\n\r\nhi", "200 OK 1.1 fields=0 body=hi"),
    (b"HTTP/1.1 204 No Content\r\n\r\n", "204 No Content 1.1 keep fields=0 body= done"),
    (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "304 Not Modified 1.1 keep fields=1 body= done"),
    (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        "100 Continue 1.1 keep fields=0 body= done | 200 OK 1.1 keep fields=1 body=hi done"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhi", "200 OK 1.1 fields=1 body=hi"),
    (b"HTTP/1.1 200 OK\r\nX : a\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token"),
    (b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Unexpected whitespace after header value"),
    (b"HTTP/1.1 20 OK\r\n\r\n", "HPE_INVALID_STATUS Invalid status code"),
];

#[test]
fn responses() {
    for (input, expected) in RESPONSES {
        for piece in [usize::MAX, 1, 7] {
            assert_eq!(
                verdict(Role::Client, input, piece),
                *expected,
                "pieces of {piece}"
            );
        }
    }
}

fn plan() -> encode::Plan {
    encode::Plan {
        status: 200,
        said: encode::Said::default(),
        keep_alive: true,
        has_body: true,
        may_chunk: true,
        length: None,
        removed_connection: false,
        removed_length: false,
        removed_encoding: false,
        keep_alive_timeout: Some(5),
        max_requests: 0,
        max_requests_reached: false,
        agent: false,
        date: None,
    }
}

fn finished(plan: &encode::Plan) -> (String, encode::Outcome) {
    let mut out = Vec::new();
    let outcome = encode::finish_head(plan, &mut out);
    (
        String::from_utf8(out).unwrap().replace("\r\n", ";"),
        outcome,
    )
}

fn said(fields: &[(&str, &str)]) -> encode::Said {
    let mut said = encode::Said::default();
    for (name, value) in fields {
        said.field(name.as_bytes(), value.as_bytes());
    }
    said
}

#[test]
fn ends_of_headers() {
    const ALIVE: &str = "Connection: keep-alive;Keep-Alive: timeout=5;";
    let cases: Vec<(encode::Plan, String, bool, bool)> = vec![
        (
            plan(),
            format!("{ALIVE}Transfer-Encoding: chunked;;"),
            true,
            false,
        ),
        (
            encode::Plan {
                length: Some(12),
                ..plan()
            },
            format!("{ALIVE}Content-Length: 12;;"),
            false,
            false,
        ),
        (
            encode::Plan {
                has_body: false,
                status: 204,
                ..plan()
            },
            format!("{ALIVE};"),
            false,
            false,
        ),
        (
            encode::Plan {
                keep_alive: false,
                length: Some(1),
                ..plan()
            },
            "Connection: close;Content-Length: 1;;".into(),
            false,
            true,
        ),
        (
            encode::Plan {
                may_chunk: false,
                keep_alive: true,
                ..plan()
            },
            "Connection: close;;".into(),
            false,
            true,
        ),
        (
            encode::Plan {
                said: said(&[("connection", "Close")]),
                ..plan()
            },
            "Transfer-Encoding: chunked;;".into(),
            true,
            true,
        ),
        (
            encode::Plan {
                said: said(&[("Content-Length", "3")]),
                ..plan()
            },
            format!("{ALIVE};"),
            false,
            false,
        ),
        (
            encode::Plan {
                said: said(&[("Transfer-Encoding", "chunked")]),
                status: 304,
                has_body: false,
                ..plan()
            },
            "Connection: close;;".into(),
            false,
            true,
        ),
        (
            encode::Plan {
                removed_connection: true,
                ..plan()
            },
            "Transfer-Encoding: chunked;;".into(),
            true,
            false,
        ),
        (
            encode::Plan {
                removed_encoding: true,
                ..plan()
            },
            format!("{ALIVE};"),
            false,
            true,
        ),
        (
            encode::Plan {
                max_requests: 3,
                length: Some(0),
                ..plan()
            },
            "Connection: keep-alive;Keep-Alive: timeout=5, max=3;Content-Length: 0;;".into(),
            false,
            false,
        ),
    ];
    for (plan, expected, chunked, last) in cases {
        let (text, outcome) = finished(&plan);
        assert_eq!(text, expected);
        assert_eq!(
            (outcome.chunked, outcome.last),
            (chunked, last),
            "{expected}"
        );
    }
}

#[test]
fn chunk_sizes() {
    for (size, text) in [
        (0, "0\r\n"),
        (10, "a\r\n"),
        (255, "ff\r\n"),
        (65_536, "10000\r\n"),
    ] {
        let mut out = Vec::new();
        encode::chunk_size(size, &mut out);
        assert_eq!(out, text.as_bytes());
    }
}
