// Where we mean to differ from Node in `tests/diff/http-hostile.js`: reasons, and under each the requests (group, label) with Node's lines
// and ours. Whatever else differs is a mistake, and so is an entry that no longer holds.
'use strict';

module.exports = [
  {
    why: 'A line without version ends with CRLF too',
    cases: [
      {
        of: ['request lines', 'GET /\\n HTTP/1.1'],
        node: ['400 Bad Request (close, -) closes', 'heard: [HPE_UNEXPECTED_SPACE: Unexpected space after start line] closes'],
        ouro: ['400 Bad Request (close, -) closes', 'heard: [HPE_INVALID_URL: Invalid characters in url] closes'],
      },
    ],
  },
  {
    why: 'RTSP: its methods are unknown',
    cases: [
      {
        of: ['request lines', 'DESCRIBE / RTSP/1.0'],
        node: ['[DESCRIBE / 1.0] 200 OK (close, -) closes'],
        ouro: ['400 Bad Request (close, -) closes', 'heard: [HPE_INVALID_METHOD: Invalid method encountered] closes'],
      },
      {
        of: ['request lines', 'PLAY / RTSP/1.0'],
        node: ['[PLAY / 1.0] 200 OK (close, -) closes'],
        ouro: ['400 Bad Request (close, -) closes', 'heard: [HPE_INVALID_METHOD: Invalid method encountered] closes'],
      },
    ],
  },
  {
    why: 'Behind a request whose upgrade nobody listens for, Node forgets what else the packet had, or waits for ever: we go on reading requests',
    cases: [
      {
        of: ['codings', ' gzip\\r\\nUpgrade: x\\r\\nConnection: upgrade'],
        node: ['[POST / {Host…(4),a,Transfer-Encoding…(17),gzip…(4),Upgrade…(7),x,Connection…(10),upgrade}] 200 OK (keep-alive, sized) ; kept', 'in bytes: [POST / {Host…(4),a,Transfer-Encoding…(17),gzip…(4),Upgrade…(7),x,Connection…(10),upgrade}] 200 OK (keep-alive, sized) ; - | -'],
        ouro: ['[POST / {Host…(4),a,Transfer-Encoding…(17),gzip…(4),Upgrade…(7),x,Connection…(10),upgrade}] 400 Bad Request (close, -) closes', 'heard: [HPE_INVALID_METHOD: Invalid method encountered] [POST / {Host…(4),a,Transfer-Encoding…(17),gzip…(4),Upgrade…(7),x,Connection…(10),upgrade}] closes', 'in bytes: [POST / {Host…(4),a,Transfer-Encoding…(17),gzip…(4),Upgrade…(7),x,Connection…(10),upgrade}] [HPE_INVALID_METHOD: Invalid method encountered] 200 OK (keep-alive, sized) closes'],
      },
      {
        of: ['connections', 'Connection: Upgrade\\r\\nUpgrade: foo'],
        node: ['[GET / {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] 200 OK (keep-alive, sized) ; kept', 'in bytes: [GET / {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] 200 OK (keep-alive, sized) ; - | -'],
        ouro: ['[GET / {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] 400 Bad Request (close, -) closes', 'heard: [HPE_INVALID_METHOD: Invalid method encountered] [GET / {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] closes', 'in bytes: [GET / {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] [HPE_INVALID_METHOD: Invalid method encountered] 200 OK (keep-alive, sized) closes'],
      },
      {
        of: ['connections', 'Connection: close, upgrade\\r\\nUpgrade: foo'],
        node: ['[GET / {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] 200 OK (close, sized) closes', 'in bytes: [GET / {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] closes'],
        ouro: ['[GET / {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] 400 Bad Request (close, -) closes', 'heard: [HPE_CLOSED_CONNECTION: Data after `Connection: close`] [GET / {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] closes', 'in bytes: [GET / {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] closes'],
      },
      {
        of: ['connections', 'Connection: keep-alive,upgrade\\r\\nUpgrade: websocket'],
        node: ['[GET / {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] 200 OK (keep-alive, sized) ; kept', 'in bytes: [GET / {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] 200 OK (keep-alive, sized) ; - | -'],
        ouro: ['[GET / {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] 400 Bad Request (close, -) closes', 'heard: [HPE_INVALID_METHOD: Invalid method encountered] [GET / {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] closes', 'in bytes: [GET / {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] [HPE_INVALID_METHOD: Invalid method encountered] 200 OK (keep-alive, sized) closes'],
      },
      {
        of: ['connections', 'Upgrade: h2c\\r\\nConnection: Upgrade, HTTP2-Settings\\r\\nHTTP2-Settings: x'],
        node: ['[GET / {Host…(4),a,Upgrade…(7),h2c,Connection…(10),Upgrade, HTTP2-Setti…(23),HTTP2-Settings…(14),x}] 200 OK (keep-alive, sized) ; kept', 'in bytes: [GET / {Host…(4),a,Upgrade…(7),h2c,Connection…(10),Upgrade, HTTP2-Setti…(23),HTTP2-Settings…(14),x}] 200 OK (keep-alive, sized) ; - | -'],
        ouro: ['[GET / {Host…(4),a,Upgrade…(7),h2c,Connection…(10),Upgrade, HTTP2-Setti…(23),HTTP2-Settings…(14),x}] 400 Bad Request (close, -) closes', 'heard: [HPE_INVALID_METHOD: Invalid method encountered] [GET / {Host…(4),a,Upgrade…(7),h2c,Connection…(10),Upgrade, HTTP2-Setti…(23),HTTP2-Settings…(14),x}] closes', 'in bytes: [GET / {Host…(4),a,Upgrade…(7),h2c,Connection…(10),Upgrade, HTTP2-Setti…(23),HTTP2-Settings…(14),x}] [HPE_INVALID_METHOD: Invalid method encountered] 200 OK (keep-alive, sized) closes'],
      },
      {
        of: ['old connections', 'Connection: Upgrade\\r\\nUpgrade: foo'],
        node: ['[GET / 1.0 {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] 200 OK (close, -) closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] closes'],
        ouro: ['[GET / 1.0 {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] 400 Bad Request (close, -) closes', 'heard: [HPE_CLOSED_CONNECTION: Data after `Connection: close`] [GET / 1.0 {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] closes'],
      },
      {
        of: ['old connections', 'Connection: close, upgrade\\r\\nUpgrade: foo'],
        node: ['[GET / 1.0 {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] 200 OK (close, -) closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] closes'],
        ouro: ['[GET / 1.0 {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] 400 Bad Request (close, -) closes', 'heard: [HPE_CLOSED_CONNECTION: Data after `Connection: close`] [GET / 1.0 {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] closes'],
      },
      {
        of: ['old connections', 'Connection: keep-alive,upgrade\\r\\nUpgrade: websocket'],
        node: ['[GET / 1.0 {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] 200 OK (close, -) closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] closes'],
        ouro: ['[GET / 1.0 {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] 400 Bad Request (close, -) closes', 'heard: [HPE_INVALID_METHOD: Invalid method encountered] [GET / 1.0 {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] closes'],
      },
      {
        of: ['whole requests', 'GET / HTTP/1.0\\r\\nHost: a\\r\\nConnection: Upgrade\\r\\nUpgrade: foo\\r\\n\\r\\nabc'],
        node: ['[GET / 1.0 {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] 200 OK (close, -) closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] closes'],
        ouro: ['[GET / 1.0 {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] 400 Bad Request (close, -) closes', 'heard: [HPE_CLOSED_CONNECTION: Data after `Connection: close`] [GET / 1.0 {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),Upgrade…(7),Upgrade…(7),foo}] closes'],
      },
      {
        of: ['whole requests', 'GET / HTTP/1.0\\r\\nHost: a\\r\\nConnection: close, upgrade\\r\\nUpgrade: foo\\r\\n\\r\\nabc'],
        node: ['[GET / 1.0 {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] 200 OK (close, -) closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] closes'],
        ouro: ['[GET / 1.0 {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] 400 Bad Request (close, -) closes', 'heard: [HPE_CLOSED_CONNECTION: Data after `Connection: close`] [GET / 1.0 {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),close, upgrade…(14),Upgrade…(7),foo}] closes'],
      },
      {
        of: ['whole requests', 'GET / HTTP/1.0\\r\\nHost: a\\r\\nConnection: keep-alive,upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\nabc'],
        node: ['[GET / 1.0 {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] 200 OK (close, -) closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] closes'],
        ouro: ['[GET / 1.0 {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] 400 Bad Request (close, -) closes', 'heard: [HPE_INVALID_METHOD: Invalid method encountered] [GET / 1.0 {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] closes', 'in bytes: [GET / 1.0 {Host…(4),a,Connection…(10),keep-alive,upgrade…(18),Upgrade…(7),websocket…(9)}] closes'],
      },
    ],
  },
  {
    why: 'What a trailer says about the connection does not count (RFC 9110, section 6.5.1)',
    cases: [
      {
        of: ['chunks', '5\\r\\nhello\\r\\n0\\r\\nConnection: close\\r\\n\\r\\n'],
        node: ['[POST / {Host…(4),a,Transfer-Encoding…(17),chunked…(7)} "hello" trailers {Connection…(10),close…(5)}] 200 OK (keep-alive, sized) ; 400 Bad Request (close, -) closes', 'heard: [POST / {Host…(4),a,Transfer-Encoding…(17),chunked…(7)} "hello" trailers {Connection…(10),close…(5)}] 200 OK (keep-alive, sized) ; [HPE_CLOSED_CONNECTION: Data after `Connection: close`] closes'],
        ouro: ['[POST / {Host…(4),a,Transfer-Encoding…(17),chunked…(7)} "hello" trailers {Connection…(10),close…(5)}] 200 OK (keep-alive, sized) ; kept'],
      },
    ],
  },
  {
    why: 'Behind a request that was refused nothing more is read',
    cases: [
      {
        of: ['whole requests', 'GET / HTTP/1.1\\r\\n\\r\\n\\r\\nHost: a\\r\\n\\r\\n'],
        node: ['400 Bad Request (close, chunked) closes', 'heard: [HPE_INVALID_METHOD: Invalid method encountered] 400 Bad Request (close, chunked) closes', 'in bytes: closes', 'behind: 400 Bad Request (close, -) closes'],
        ouro: ['400 Bad Request (close, chunked) closes', 'in bytes: closes', 'behind: 400 Bad Request (close, -) closes'],
      },
    ],
  },
  {
    why: 'A folded value is read as the one value that it is',
    cases: [
      {
        of: ['fields under insecureHTTPParser', 'Transfer-Encoding: chunked, gzip'],
        node: ['- ; - | [POST / {Host…(4),a,Transfer-Encoding…(17),chunked, gzip…(13)} "5\\r\\nhello\\r\\n0\\r\\n\\r\\nGET /after HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"]'],
        ouro: ['- ; - | [POST / {Host…(4),a,Transfer-Encoding…(17),chunked, gzip…(13)} "5\\r\\nhello\\r\\n0\\r\\n\\r\\nGET /after HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"] 200 OK (close, sized)'],
      },
      {
        of: ['fields under insecureHTTPParser', 'Transfer-Encoding: gzip'],
        node: ['- ; - | [POST / {Host…(4),a,Transfer-Encoding…(17),gzip…(4)} "5\\r\\nhello\\r\\n0\\r\\n\\r\\nGET /after HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"]'],
        ouro: ['- ; - | [POST / {Host…(4),a,Transfer-Encoding…(17),gzip…(4)} "5\\r\\nhello\\r\\n0\\r\\n\\r\\nGET /after HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"] 200 OK (close, sized)'],
      },
      {
        of: ['fields under insecureHTTPParser', 'Transfer-Encoding: gzip,\\r\\n chunked'],
        node: ['- ; - | [POST / {Host…(4),a,Transfer-Encoding…(17),gzip, chunked…(13)} "5\\r\\nhello\\r\\n0\\r\\n\\r\\nGET /after HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"]'],
        ouro: ['[POST / {Host…(4),a,Transfer-Encoding…(17),gzip, chunked…(13)} "hello"] 200 OK (keep-alive, sized) ; kept'],
      },
      {
        of: ['fields under insecureHTTPParser', 'Content-Length: 5\\r\\n 5'],
        node: ['400 Bad Request (close, -) closes', 'heard: [HPE_UNEXPECTED_CONTENT_LENGTH: Duplicate Content-Length] closes'],
        ouro: ['400 Bad Request (close, -) closes', 'heard: [HPE_INVALID_CONTENT_LENGTH: Invalid character in Content-Length] closes'],
      },
      {
        of: ['fields under insecureHTTPParser', 'Transfer-Encoding: chunked\\u0001'],
        node: ['- ; - | [POST / {Host…(4),a,Transfer-Encoding…(17),chunked\\u0001…(8)} "5\\r\\nhello\\r\\n0\\r\\n\\r\\nGET /after HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"]'],
        ouro: ['- ; - | [POST / {Host…(4),a,Transfer-Encoding…(17),chunked\\u0001…(8)} "5\\r\\nhello\\r\\n0\\r\\n\\r\\nGET /after HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"] 200 OK (close, sized)'],
      },
    ],
  },
  {
    why: 'Fields above `maxHeadersCount` are left out, as versions of Node before this one do and their tests demand: what frames the message counts all the same',
    cases: [
      {
        of: ['what is too long', '2,000 fields'],
        node: ['431 Request Header Fields Too Large (close, -) closes', 'heard: [HPE_HEADER_OVERFLOW: Header overflow] closes'],
        ouro: ['[GET / {1000 fields}] 200 OK (keep-alive, sized) ; kept'],
      },
      {
        of: ['what is too long', '2,500 fields'],
        node: ['431 Request Header Fields Too Large (close, -) closes', 'heard: [HPE_HEADER_OVERFLOW: Header overflow] closes'],
        ouro: ['[GET / {1000 fields}] 200 OK (keep-alive, sized) ; kept'],
      },
      {
        of: ['what is too long', '9,000 fields without value'],
        node: ['431 Request Header Fields Too Large (close, -) closes', 'heard: [HPE_HEADER_OVERFLOW: Header overflow] closes'],
        ouro: ['[GET / {1000 fields}] 200 OK (keep-alive, sized) ; kept'],
      },
      {
        of: ['three fields are enough', '4 fields'],
        node: ['431 Request Header Fields Too Large (close, -) closes', 'heard: [HPE_HEADER_OVERFLOW: Header overflow] closes'],
        ouro: ['[GET / {Host…(4),a,X,y,Z,w}] 200 OK (keep-alive, sized) ; kept'],
      },
      {
        of: ['three fields are enough', 'the host comes fourth'],
        node: ['431 Request Header Fields Too Large (close, -) closes', 'heard: [HPE_HEADER_OVERFLOW: Header overflow] closes'],
        ouro: ['[GET / {X…(1),y,Z,w,V,u}] 200 OK (keep-alive, sized) ; kept'],
      },
      {
        of: ['three fields are enough', 'the length comes fourth'],
        node: ['431 Request Header Fields Too Large (close, -) closes', 'heard: [HPE_HEADER_OVERFLOW: Header overflow] closes'],
        ouro: ['[POST / {Host…(4),a,X,y,Z,w} "hello"] 200 OK (keep-alive, sized) ; kept'],
      },
      {
        of: ['three fields are enough', 'the coding comes fourth'],
        node: ['431 Request Header Fields Too Large (close, -) closes', 'heard: [HPE_HEADER_OVERFLOW: Header overflow] closes'],
        ouro: ['[POST / {Host…(4),a,X,y,Z,w} "hello"] 200 OK (keep-alive, sized) ; kept'],
      },
      {
        of: ['three fields are enough', 'the expectation comes fourth'],
        node: ['431 Request Header Fields Too Large (close, -) closes', 'heard: [HPE_HEADER_OVERFLOW: Header overflow] closes'],
        ouro: ['417 Expectation Failed (keep-alive, chunked) ; kept'],
      },
      {
        of: ['three fields are enough', '4 trailers'],
        node: ['[aborted] 431 Request Header Fields Too Large (close, -) closes', 'heard: [HPE_HEADER_OVERFLOW: Header overflow] [aborted] closes'],
        ouro: ['[POST / {Host…(4),a,Transfer-Encoding…(17),chunked…(7)} trailers {X…(1),y,Z,w,V,u}] 200 OK (keep-alive, sized) ; kept'],
      },
    ],
  },
];
