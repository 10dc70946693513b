// Requests that are malformed, hostile, or just within the rules, for `tests/diff/http-hostile.js` (which tells what comes of each)
// and for the fuzzer in `tests/fuzz`. A text is a sequence of bytes, one for each character.
'use strict';

/** Groups of requests. Those of a group differ in one place: `whole(text)` is the request. `server` names the server that gets them. */
const groups = [];
function group(name, whole, texts, server = 'plain') {
  groups.push({ name, server, requests: texts.map((text) => ({ label: text, bytes: whole(text) })) });
}
/** Requests with labels of their own, because they are long. */
function labelled(name, server, entries) {
  groups.push({ name, server, requests: Object.entries(entries).map(([label, bytes]) => ({ label, bytes })) });
}

const HOST = '\r\nHost: a\r\n';
const CHUNKED = `POST / HTTP/1.1${HOST}Transfer-Encoding: chunked\r\n\r\n`;
const BODY = '5\r\nhello\r\n0\r\n\r\n';

group('request lines', (line) => `${line}${HOST}\r\n`, [
    'GET / HTTP/1.1', 'GET  / HTTP/1.1', 'GET /  HTTP/1.1', 'GET / HTTP/1.1 ', 'GET /\tHTTP/1.1', 'GET\t/ HTTP/1.1',
    ' GET / HTTP/1.1', 'get / HTTP/1.1', 'FOO / HTTP/1.1', 'GETX / HTTP/1.1', 'GET / HTTP/1.0', 'GET / HTTP/0.9',
    'GET / HTTP/2.0', 'GET / HTTP/1.2', 'GET / HTTP/1.10', 'GET / HTTP/11', 'GET / http/1.1', 'GET / HTTP/1.',
    'GET /', 'GET', 'GET HTTP/1.1', 'GET * HTTP/1.1', 'OPTIONS * HTTP/1.1', 'GET http://x/y?z HTTP/1.1',
    'GET x HTTP/1.1', 'GET /a b HTTP/1.1', 'GET /\xe9 HTTP/1.1', 'GET /\x01 HTTP/1.1', 'GET /\x7f HTTP/1.1',
    'GET /\x00 HTTP/1.1', 'GET /a#b HTTP/1.1', 'GET /<>"{}|\\^`[] HTTP/1.1', 'GET /%zz HTTP/1.1', 'GET ?x HTTP/1.1',
    'PATCH /p HTTP/1.1', 'M-SEARCH * HTTP/1.1', 'PRI * HTTP/2.0', 'SOURCE / HTTP/1.1', 'SOURCE / ICE/1.0',
    'GET / ICE/1.0', 'OPTIONS / RTSP/1.0', 'QUERY / HTTP/1.1', 'GET //a HTTP/1.1', 'GET http:/x HTTP/1.1',
    'GET http HTTP/1.1', 'GET h!tp://x/ HTTP/1.1', 'GET /\x0c HTTP/1.1', '\x00GET / HTTP/1.1', 'GE\x00T / HTTP/1.1',
    'POST / HTTP/1.1', 'HTTP/1.1 200 OK', 'A', '\r\nGET / HTTP/1.1', '\r\n\r\n\r\nGET / HTTP/1.1',
    '\n\nGET / HTTP/1.1', '\r\rGET / HTTP/1.1',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\nGET /b HTTP/1.1',
    'DELETE / HTTP/1.1', 'GET / HTTP/3.0', 'GET / HTTP/1.1.1', 'GET / HTTP/1', 'GET / HTTP', 'GET / HTTP/-1.1', 'GET / HTTP/+1.1',
    'GET / HTTP/1,1', 'GET / HTTP /1.1', 'GET / HTTP/ 1.1', 'GET / HTTP/01.1', 'GET / HTTP/1.01', 'GET / HTTPS/1.1', 'GET / HTTP/a.b',
    'GET\x0b/ HTTP/1.1', 'GET /\x0bHTTP/1.1', 'GET\r/ HTTP/1.1', 'GET\n/ HTTP/1.1', 'GET /\r HTTP/1.1', 'GET /\n HTTP/1.1', 'Get / HTTP/1.1',
    'GET,POST / HTTP/1.1', 'G3T / HTTP/1.1', '"GET" / HTTP/1.1', 'GET: / HTTP/1.1', 'PO', 'POSTS / HTTP/1.1', 'TRACE / HTTP/1.1', 'CONNECTS / HTTP/1.1',
    'GET \\ HTTP/1.1', 'GET ../ HTTP/1.1', 'GET :80 HTTP/1.1', 'GET a:80 HTTP/1.1', 'GET //// HTTP/1.1', 'GET /?? HTTP/1.1', 'GET /?a\x80 HTTP/1.1',
    'GET /?a\x00 HTTP/1.1', 'GET /#\x7f HTTP/1.1', 'GET http:// HTTP/1.1', 'GET http://[::1]/ HTTP/1.1', 'GET http://a@b@c/ HTTP/1.1',
    'GET http://u:p@h/ HTTP/1.1', 'GET http://a b/ HTTP/1.1', 'GET http://a\x80/ HTTP/1.1', 'GET https://x HTTP/1.1', 'GET http://x?y#z HTTP/1.1',
    'GET http+x://y HTTP/1.1', 'GET http://] HTTP/1.1', 'GET http://"/ HTTP/1.1', 'GET *x HTTP/1.1', 'GET /* HTTP/1.1', 'GET', 'GET ', 'GET / ',
    'HEAD /b HTTP/1.1', 'PUT / HTTP/1.1', '\xef\xbb\xbfGET / HTTP/1.1', '\r\n \r\nGET / HTTP/1.1', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc', 'SSH-2.0-OpenSSH_9.2',
    'OPTIONS rtsp://a RTSP/1.1', 'DESCRIBE / RTSP/1.0', 'PLAY / RTSP/1.0', 'SOURCE / HTTP/1.0', 'SOURCE / RTSP/1.0',
]);

group('fields', (field) => `GET / HTTP/1.1${HOST}${field}\r\n\r\n`, [
    'X : b', 'X\t: b', 'X:b', 'X:', 'X: ', 'X:\t b \t', 'X: a b', 'X: a\tb', 'X: a\x00b', 'X: a\x01b', 'X: a\x7fb',
    'X: a\xe9b', 'X\xe9: b', 'X(: b', 'X/: b', 'X@: b', 'X y: b', ': b', 'X', 'X\x00: b', 'X"y: b',
    '!#$%&\'*+-.^_`|~: b', ' X: b', '\tX: b', 'X: a\r\n b', 'X: a\r\n\tb', 'X: a\r\n ', 'Host: b',
    'X: vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv',
    'X: a\x0bb', 'X: a\x0cb', 'X: \rb', 'X: \xff', '_x: 1', '1: 1', '[x]: 1', '{x}: 1', 'X:: 1', 'X=1', 'X;: 1',
    'X,: 1', 'Host:', 'Content-length', 'X: a\r\nY : b', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0',
    '\r\nGET /b HTTP/1.1\r\nHost: a', '\r\n\r\nGET /b HTTP/1.1\r\nHost: a',
    'Connection: close\r\n\r\nGET /b HTTP/1.1\r\nHost: a', 'Expect: 100-continue',
    'X: a\r', 'X: a\rb', 'X: a\nb', 'X: a\n b', 'X\r: a', 'X\n: a', 'X: a\r\n\r', '\x00: a', 'X: \x00', 'X:\x00', 'X: a\x1bb', 'X: \x80\x81', '\x80: a', 'X : ', 'X :b',
    'X: b ', 'X: b\t', 'X:  \t  ', 'X: "a\r\n"', 'X=: 1', 'X?: 1', '<X>: 1', '\\X: 1', 'X\x7f: 1', 'X y', '  ', '\t', 'X: a\r\n  b\r\nY: c',
    'X:\r\n b', 'X: \r\n b', 'X:\r\n\r\n', ':', ' : ', ':: a', 'X: a\r\n:', 'constructor: a', '__proto__: a', 'hasOwnProperty: a',
    'Cookie: a\r\nCookie: b', 'Set-Cookie: a\r\nSet-Cookie: b', 'Content-Type: a\r\nContent-Type: b', 'Age: 1\r\nage: 2', 'X: a\r\nx: b',
    'Date:', 'Te: trailers', 'Keep-Alive: timeout=x, max=-1', 'Trailer: Content-Length',
]);

group('hosts', (fields) => `GET / HTTP/1.1\r\n${fields}\r\n`, [
    '', 'Host:\r\n', 'Host: \r\n', 'Host: a\r\nHost: a\r\n', 'Host: a\r\nhost: b\r\n', 'Host: a b\r\n', 'Host: a, b\r\n', 'Host: http://a\r\n', 'Host: a:b\r\n',
    'Host: [\r\n', 'Host: \x80\r\n', 'Host : a\r\n', ' Host: a\r\n', 'Host\r\n', 'Hos: a\r\n', 'Hosts: a\r\n', 'X: y\r\n', 'Host: a@b\r\n', 'Host: a/b\r\n',
]);
group('hosts that nobody asks for', (fields) => `GET / HTTP/1.1\r\n${fields}\r\n`, ['', 'Host:\r\n', 'X: y\r\n', 'Host: a\r\nHost: b\r\n'], 'hostless');

group('lengths', (value) => `POST / HTTP/1.1${HOST}Content-Length:${value}\r\n\r\nhello`, [
    ' 5', ' 05', ' +5', ' -5', ' 5 ', '  5', ' 5\t', ' 5 5', ' 5,5', ' 5, 5', ' 0x5', ' 5.0', ' ', ' abc', ' 5a',
    ' 99999999999999999999999', ' 18446744073709551615', ' 18446744073709551616', ' 9007199254740993', ' "5"', ' 5;',
    ' k', ' 0', ' 00000000000000000000005', ' -0', ' 1e1', ' 5\r\nContent-Length: 5', ' 5\r\nContent-Length: 6',
    ' 5\r\nTransfer-Encoding: identity', '\r\n 5',
    ' 4', ' 6', ' 5\x0b', ' 5\x00', ' \x80', ' 5,', ' ,5', ' 0\r\nContent-Length: 5', ' 5\r\nContent-Length: 0', ' 5\r\ncontent-length: 5', ' 5\r\nContent-Length:',
    ' 9223372036854775807', ' 9223372036854775808', ' -9223372036854775808', ' 4294967296', ' 5\r\n\x20', ' 5\r\nX: y', ' \xe0\xa5\xab', ' 0b101', ' 0o5', ' 5_0', " 5'0", ' NaN', ' Infinity', ' 5%',
    ' 5\r\nTransfer-Encoding:', ' 5\r\nTransfer-Encoding : chunked', ' 5\r\nTransfer-Encoding: x', ' 5\r\nTransfer_Encoding: chunked', ' 5\r\nTransfer-Encoding\t: chunked',
    ' 5\r\n Transfer-Encoding: chunked', ' 5\r\nX: a\r\n Transfer-Encoding: chunked', ' 5\r\nX: a\nTransfer-Encoding: chunked', ' 5\r\nX: a\rTransfer-Encoding: chunked',
]);

group('codings', (value) => `POST / HTTP/1.1${HOST}Transfer-Encoding:${value}\r\n\r\n${BODY}`, [
    ' chunked', ' Chunked', ' CHUNKED', '  chunked ', ' chunked,', ' chunked, identity', ' identity', ' gzip',
    ' gzip, chunked', ' gzip,chunked', ' chunked, gzip', ' chunked, chunked', ' xchunked', ' chunkedx', ' "chunked"',
    ' chunked;q=1', ' \tchunked', ' \x0bchunked', ' ', ' chunked\t', ' gzip;chunked', ' gzip chunked', ' ,chunked',
    ' chunked ,', ' gzip, chunked ,', ' chu nked', ' gzip\r\nTransfer-Encoding: chunked',
    ' chunked\r\nTransfer-Encoding: gzip', ' chunked\r\nTransfer-Encoding: chunked',
    ' chunked\r\nTransfer-Encoding: identity',
    'chunked', ' \x80chunked', ' chunked\x00', ' chunked\x0b', ' chunked \t', ' \t chunked', ' gzip, \tchunked', ' gzip,\r\n chunked', '\r\n chunked', ' chunked\r\n ,gzip', ' deflate, gzip, chunked',
    ' chunked, x', ' ,', ' , ,chunked', ' CHUNKED, chunked', ' chunked; ', ' ;chunked', " 'chunked'", ' cunked', ' chunke', ' chunkedchunked', ' 1', ' trailers',
    ' chunked\r\nContent-Length: 0', ' chunked\r\nContent-Length: 5', ' identity\r\nTransfer-Encoding: chunked', ' x\r\nTransfer-Encoding: y', ' \r\nTransfer-Encoding: chunked',
    ' chunked\r\nTransfer-Encoding: \r\nX: y', ' chunked\r\nTransfer-Encoding: cow', ' chunked\r\nConnection: close', ' chunked\r\nUpgrade: x\r\nConnection: upgrade', ' gzip\r\nUpgrade: x\r\nConnection: upgrade',
]);

group('chunks', (chunks) => `${CHUNKED}${chunks}`, [
    '5\nhello\r\n0\r\n\r\n', '5\r\nhello\n0\r\n\r\n', '5\r\nhello\r\n0\n\r\n', '5\r\nhello\r\n0\r\n\n',
    '5\r\nhello0\r\n\r\n', '5\r\nhelloX\r\n0\r\n\r\n', '5\r\nhello\rX0\r\n\r\n', '5 \r\nhello\r\n0\r\n\r\n',
    ' 5\r\nhello\r\n0\r\n\r\n', '5\t\r\nhello\r\n0\r\n\r\n', '05\r\nhello\r\n0\r\n\r\n', '0x5\r\nhello\r\n0\r\n\r\n',
    '+5\r\nhello\r\n0\r\n\r\n', '-5\r\nhello\r\n0\r\n\r\n', 'g\r\nhello\r\n0\r\n\r\n', '\r\nhello\r\n0\r\n\r\n',
    '5;\r\nhello\r\n0\r\n\r\n', '5;a\r\nhello\r\n0\r\n\r\n', '5;a=b\r\nhello\r\n0\r\n\r\n',
    '5;a="b c"\r\nhello\r\n0\r\n\r\n', '5;a="b\\"c"\r\nhello\r\n0\r\n\r\n', '5; a=b\r\nhello\r\n0\r\n\r\n',
    '5 ;a=b\r\nhello\r\n0\r\n\r\n', '5;a=b;c=d\r\nhello\r\n0\r\n\r\n', '5;a=\r\nhello\r\n0\r\n\r\n',
    '5;=b\r\nhello\r\n0\r\n\r\n', '5;a\nb\r\nhello\r\n0\r\n\r\n', '5;a\rb\r\nhello\r\n0\r\n\r\n',
    '5;a="b\r\nhello\r\n0\r\n\r\n', '5;a@b\r\nhello\r\n0\r\n\r\n', '5;a=\x00\r\nhello\r\n0\r\n\r\n',
    '5;a="\x01"\r\nhello\r\n0\r\n\r\n', '5\r\rhello\r\n0\r\n\r\n', 'A\r\n0123456789\r\n0\r\n\r\n',
    'a\r\n0123456789\r\n0\r\n\r\n', '00000000000000000005\r\nhello\r\n0\r\n\r\n', '10000000000000000\r\nhello',
    'FFFFFFFFFFFFFFFF\r\nhello', 'FFFFFFFFFFFFFFFFF\r\nhello', '5\r\nhello\r\n0\r\nX: y\r\n\r\n',
    '5\r\nhello\r\n0\r\nX : y\r\n\r\n', '5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n',
    '5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n', '5\r\nhello\r\n0\r\n X: y\r\n\r\n',
    '5\r\nhello\r\n0\r\nX\r\n\r\n', '5\r\nhello\r\n0;a=b\r\n\r\n', '5\r\nhello\r\n000\r\n\r\n', '0\r\n\r\n',
    '5\r\nhello\r\n0\r\n\rX', '5;a;;b\r\nhello\r\n0\r\n\r\n', '5;a="b"c\r\nhello\r\n0\r\n\r\n',
    '5;a="b";c\r\nhello\r\n0\r\n\r\n', '5;a=b=c\r\nhello\r\n0\r\n\r\n', '5x\r\nhello\r\n0\r\n\r\n',
    '5\r\nhello\r\n\r\n0\r\n\r\n',
    '5\r\nhel', '5\r\nhello\r', '5\r\nhello', '5', '5\r', '0\r\n', '0\r\n\r', '6\r\nhello\r\n0\r\n\r\n', '4\r\nhello\r\n0\r\n\r\n', '5\r\nhello\r\n0\r\n', '5\r\nhello\r\n0', '\n5\r\nhello\r\n0\r\n\r\n', '5\r\n\r\nhello\r\n0\r\n\r\n',
    '5,\r\nhello\r\n0\r\n\r\n', '5\x00\r\nhello\r\n0\r\n\r\n', '5\x0b\r\nhello\r\n0\r\n\r\n', '5h\r\nhello\r\n0\r\n\r\n', '0_5\r\nhello\r\n0\r\n\r\n', '5.\r\nhello\r\n0\r\n\r\n', '\xd9\xa5\r\nhello\r\n0\r\n\r\n', '5;a\x00\r\nhello\r\n0\r\n\r\n', '5;\x80\r\nhello\r\n0\r\n\r\n',
    '5;a="\x80"\r\nhello\r\n0\r\n\r\n', '5;a="\\\r\n"\r\nhello\r\n0\r\n\r\n', '5;a="\n"\r\nhello\r\n0\r\n\r\n', '5;a="b\\\\"\r\nhello\r\n0\r\n\r\n', '5;a = b\r\nhello\r\n0\r\n\r\n', '5;a=b \r\nhello\r\n0\r\n\r\n', '5;a \r\nhello\r\n0\r\n\r\n', '5;a=b\n\r\nhello\r\n0\r\n\r\n',
    '5;a="b" \r\nhello\r\n0\r\n\r\n', '5;a="b"\nhello\r\n0\r\n\r\n', '5;"a"=b\r\nhello\r\n0\r\n\r\n', '5;;\r\nhello\r\n0\r\n\r\n', '5\r;a\nhello\r\n0\r\n\r\n', '5\r\nhello\r\n0\r\nX: y\r\nZ: w\r\n\r\n', '5\r\nhello\r\n0\r\nX: y\n\r\n', '5\r\nhello\r\n0\r\nX: \x00\r\n\r\n',
    '5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n', '5\r\nhello\r\n0\r\nHost: b\r\n\r\n', '5\r\nhello\r\n0\r\nConnection: close\r\n\r\n', '5\r\nhello\r\n0\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', '5\r\nhello\r\n0\r\n: y\r\n\r\n', '5\r\nhello\r\n0\r\nX: y\r\nX: z\r\n\r\n', '5\r\nhello\r\n0\r\nX: y', '5\r\nhello\r\n0\r\nX:\r\n\r\n',
    '5\r\nhello\r\n0\r\nX: y\rZ\r\n\r\n', '7fffffffffffffff\r\nhello', '8000000000000000\r\nhello', '1\r\nh\r\n1\r\ni\r\n0\r\n\r\n', '0\r\n\r\n0\r\n\r\n', '5\r\nhello\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n', '0\r\n\r\nx', '1\r\n\r\r\n0\r\n\r\n', '2\r\n\r\n\r\n0\r\n\r\n',
]);

group('connections', (fields) => `GET / HTTP/1.1${HOST}${fields}\r\n\r\nabc`, [
    'Connection: close', 'Connection: keep-alive', 'Connection: Close, x', 'Connection: keep-alive, close',
    'Connection: x', 'Connection: upgrade', 'Connection: Upgrade\r\nUpgrade: foo', 'Upgrade: foo',
    'Connection: close, upgrade\r\nUpgrade: foo', 'Connection: keepalive', 'Connection: clos', 'Connection:  ,close',
    'Connection: keep-alive,upgrade\r\nUpgrade: websocket', 'Connection: x\r\nConnection: close',
    'Connection: close x', 'Connection: upgrade\r\nUpgrade: a\r\nContent-Length: 3',
    'Connection:', 'Connection: ,', 'Connection: close,close', 'Connection: close;', 'Connection: "close"', 'Connection: CLOSE', 'Connection: \tclose\t', 'Connection: close\x00', 'Connection: host, close', 'Proxy-Connection: close', 'Proxy-Connection: keep-alive',
    'Connection: close\r\nConnection: keep-alive', 'Connection : close', 'Connection: upgrade\r\nUpgrade:', 'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: x', 'Connection: clo\r\n se',
]);
group('old connections', (fields) => `GET / HTTP/1.0${HOST}${fields}\r\n\r\nabc`, [
    'Connection: close', 'Connection: keep-alive', 'Connection: Close, x', 'Connection: keep-alive, close',
    'Connection: x', 'Connection: upgrade', 'Connection: Upgrade\r\nUpgrade: foo', 'Upgrade: foo',
    'Connection: close, upgrade\r\nUpgrade: foo', 'Connection: keepalive', 'Connection: clos', 'Connection:  ,close',
    'Connection: keep-alive,upgrade\r\nUpgrade: websocket', 'Connection: x\r\nConnection: close',
    'Connection: close x', 'Connection: upgrade\r\nUpgrade: a\r\nContent-Length: 3',
]);
group('whole requests', (text) => text, [
    'GET / HTTP/1.1\nHost: a\n\n', 'GET / HTTP/1.1\r\nHost: a\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\n',
    'GET / HTTP/1.1\r\nHost: a\r\r\n\r\n', 'GET / HTTP/1.1\rHost: a\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\rX', 'GET / HTTP/1.0\r\n\r\n',
    'GET /\r\n\r\n', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello', 'POST / HTTP/1.1\r\nHost: a\r\n\r\nhello',
    'POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: close\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: Close, x\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: x\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nUpgrade: foo\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: foo\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: keepalive\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: clos\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection:  ,close\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive,upgrade\r\nUpgrade: websocket\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: close x\r\n\r\nabc',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: a\r\nContent-Length: 3\r\n\r\nabc',
    'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\nabc', 'CONNECT /x HTTP/1.1\r\nHost: a\r\n\r\nabc',
    'CONNECT a:80 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc',
    'CONNECT HTTP://a HTTP/1.1\r\nHost: a\r\n\r\nabc', 'CONNECT a HTTP/1.1\r\nHost: a\r\n\r\nabc',
    '', '\r', '\n', '\r\n', '\r\n\r\n', 'G', 'GET', 'GET /', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost', 'GET / HTTP/1.1\r\nHost: a', 'GET / HTTP/1.1\r\nHost: a\r', 'GET / HTTP/1.1\r\nHost: a\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r',
    'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\nGET /c HTTP/1.1\r\nHost: a\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r\nBAD /b HTTP/1.1\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 44\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n1d\r\nGET /smuggled HTTP/1.1\r\n\r\n\r\n0\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcdGET /b HTTP/1.1\r\nHost: a\r\n\r\n', 'HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\x00\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n\r\nHost: a\r\n\r\n', 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n', 'GET / HTTP/1.1\nHost: a\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\n\n', 'GET / HTTP/1.1\r\r\nHost: a\r\n\r\n', 'GET / HTTP/1.1\n\r\nHost: a\r\n\r\n',
    'CONNECT a:80 HTTP/1.1\r\n\r\n', 'CONNECT a:80 HTTP/1.0\r\n\r\n', 'CONNECT  HTTP/1.1\r\nHost: a\r\n\r\n', 'CONNECT \x80 HTTP/1.1\r\nHost: a\r\n\r\n', 'CONNECT a:80\r\n\r\n',
]);

group('expectations', (fields) => `POST / HTTP/1.1${HOST}Content-Length: 5\r\n${fields}\r\n\r\nhello`, [
    'Expect: 100-continue', 'Expect: 100-Continue', 'Expect:', 'Expect: ', 'Expect: 200-ok', 'Expect: 100-continue, x', 'Expect: x100-continue', 'Expect: 100-continue\r\nExpect: x', 'Expect: x\r\nExpect: 100-continue', 'Expect: 100-continue\r\nConnection: close', 'Expect : 100-continue',
    'Expect: 100-continue\r\nTransfer-Encoding: chunked',
]);
group('old expectations', (fields) => `POST / HTTP/1.0\r\nContent-Length: 5\r\n${fields}\r\n\r\nhello`, ['Expect: 100-continue', 'Expect: x']);
group('expectations that are listened for', (fields) => `POST / HTTP/1.1${HOST}Content-Length: 5\r\n${fields}\r\n\r\nhello`, ['Expect: 100-continue', 'Expect: 200-ok', 'Expect:'], 'listening');

group('upgrades that are listened for', (text) => text, [
    `GET / HTTP/1.1${HOST}Connection: Upgrade\r\nUpgrade: foo\r\n\r\nabc`, `GET / HTTP/1.1${HOST}Upgrade: foo\r\n\r\nabc`, `GET / HTTP/1.1${HOST}Connection: Upgrade\r\n\r\nabc`, `GET / HTTP/1.0${HOST}Connection: Upgrade\r\nUpgrade: foo\r\n\r\nabc`,
    `POST / HTTP/1.1${HOST}Connection: Upgrade\r\nUpgrade: foo\r\nContent-Length: 3\r\n\r\nabcdef`, `POST / HTTP/1.1${HOST}Connection: Upgrade\r\nUpgrade: foo\r\nTransfer-Encoding: chunked\r\n\r\n${BODY}`, `POST / HTTP/1.1${HOST}Connection: Upgrade\r\nUpgrade: foo\r\nTransfer-Encoding: gzip\r\n\r\nabc`,
    `GET / HTTP/1.1${HOST}Connection: close, Upgrade\r\nUpgrade: foo\r\n\r\n`, `GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n`, `GET / HTTP/1.1${HOST}Connection: Upgrade\r\nUpgrade:\r\n\r\nabc`, `GET / HTTP/1.1${HOST}Connection: Upgrade\r\nUpgrade: a\r\nUpgrade: b\r\n\r\n`,
    `CONNECT a:80 HTTP/1.1${HOST}\r\nabc`, `CONNECT a:80 HTTP/1.1\r\n\r\n`, `CONNECT a:80 HTTP/1.1${HOST}Content-Length: 3\r\n\r\nabc`, `CONNECT a:80 HTTP/1.1${HOST}Transfer-Encoding: chunked\r\n\r\n${BODY}`, `CONNECT a:80 HTTP/1.0\r\n\r\nabc`, `CONNECT / HTTP/1.1${HOST}\r\n`,
    `CONNECT a:80 HTTP/1.1${HOST}Content-Length: x\r\n\r\n`, `CONNECT a:80 HTTP/1.1${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
], 'listening');

const LENIENT = [
    'X: a\x01b', 'X: a\x00b', 'X: a\x7fb', 'X: a\r\n b', 'X: a\r\n\tb', 'X:\r\n b', 'X: a\r\n b\r\n c', 'X: a\r\n \r\nY: z', 'X\r\n y: b', 'X: a\r\n b\r\nY\r\n z: c', 'X: a\r\n b\r\nY\r\n: c', 'X: a\r\n b\r\n\r\n c: d', 'X : b', 'X(: b', 'X\x80: b', ' X: b', 'X: a\nY: b', 'X: a\rY: b', 'X: a\r', 'X', ': b', 'X y: b',
    'Content-Length: 5\r\nContent-Length: 5', 'Content-Length: +5', 'Content-Length: 5\r\nTransfer-Encoding: chunked', 'Transfer-Encoding: chunked\r\nContent-Length: 5', 'Transfer-Encoding: chunked, gzip', 'Transfer-Encoding: gzip', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', 'Transfer-Encoding:\r\n chunked', 'Transfer-Encoding: gzip,\r\n chunked', 'Content-Length:\r\n 5', 'Content-Length: 5\r\n 5',
    'Content-Length : 5', 'Transfer-Encoding : chunked', 'Connection: close', 'Connection: clo\r\n se', 'Connection:\r\n close', 'Host: b', 'Transfer-Encoding: chunked\x01',
];
group('fields under insecureHTTPParser', (fields) => `POST / HTTP/1.1${HOST}${fields}\r\n\r\n${BODY}`, LENIENT, 'lenient');
group('lines under insecureHTTPParser', (text) => text, [
    'GET / HTTP/1.1\nHost: a\n\n', 'GET / HTTP/1.1\r\nHost: a\n\r\n', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n', 'GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n', ' GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'get / HTTP/1.1\r\nHost: a\r\n\r\n', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n',
    'GET / HTTP/1.1 \r\nHost: a\r\n\r\n', 'GET /\tx HTTP/1.1\r\nHost: a\r\n\r\n', 'GET / http/1.1\r\nHost: a\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n', 'GET / HTTP/1.1\rHost: a\r\r', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nabc',
], 'lenient');
group('chunks under insecureHTTPParser', (chunks) => `${CHUNKED}${chunks}`, [
    '5 \r\nhello\r\n0\r\n\r\n', ' 5\r\nhello\r\n0\r\n\r\n', '5\nhello\r\n0\r\n\r\n', '5\r\nhello\n0\r\n\r\n', '5\r\nhello0\r\n\r\n', '5\rhello\r\n0\r\n\r\n', '5; a=b\r\nhello\r\n0\r\n\r\n', '5;\r\nhello\r\n0\r\n\r\n', '5\r\nhello\r\n0\r\nX: \x01\r\n\r\n', '5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n', '5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n', '5\r\nhello\r\n0\r\n\n', '10000000000000000\r\nhello',
], 'lenient');

// ---- lengths near the limits

const a = (count) => 'a'.repeat(count);
const fields = (count, text) => text.repeat(count);
const sized = (label, first, last, make) => {
  const all = {};
  for (let length = first; length <= last; length++) all[`${label} ${length}`] = make(length);
  return all;
};
labelled('what is too long', 'plain', {
  'target of 16,000': `GET /${a(15999)} HTTP/1.1${HOST}\r\n`,
  'target of 17,000': `GET /${a(16999)} HTTP/1.1${HOST}\r\n`,
  'target of 17,000 without end': `GET /${a(16999)}`,
  'target of 70,000': `GET /${a(69999)} HTTP/1.1${HOST}\r\n`,
  'absolute target of 17,000': `GET http://${a(16993)} HTTP/1.1${HOST}\r\n`,
  'schema of 17,000': `GET ${a(17000)}://x HTTP/1.1${HOST}\r\n`,
  'method of 17,000': `${'G'.repeat(17000)} / HTTP/1.1${HOST}\r\n`,
  'field name of 17,000': `GET / HTTP/1.1${HOST}${a(17000)}: b\r\n\r\n`,
  'field name of 17,000 without end': `GET / HTTP/1.1${HOST}${a(17000)}`,
  'field value of 17,000': `GET / HTTP/1.1${HOST}X: ${a(17000)}\r\n\r\n`,
  'field value of 17,000 without end': `GET / HTTP/1.1${HOST}X: ${a(17000)}`,
  'field value of 17,000 and a bad character': `GET / HTTP/1.1${HOST}X: ${a(17000)}\x00\r\n\r\n`,
  'field value with a bad character and 17,000': `GET / HTTP/1.1${HOST}X: \x00${a(17000)}\r\n\r\n`,
  'host of 17,000': `GET / HTTP/1.1\r\nHost: ${a(17000)}\r\n\r\n`,
  'connection of 17,000': `GET / HTTP/1.1${HOST}Connection: ${a(17000)}\r\n\r\n`,
  'length of 17,000 digits': `POST / HTTP/1.1${HOST}Content-Length: ${'0'.repeat(17000)}5\r\n\r\nhello`,
  'coding of 17,000': `POST / HTTP/1.1${HOST}Transfer-Encoding: ${a(17000)}, chunked\r\n\r\n${BODY}`,
  '2,000 fields': `GET / HTTP/1.1${HOST}${fields(2000, 'a: b\r\n')}\r\n`,
  '2,500 fields': `GET / HTTP/1.1${HOST}${fields(2500, 'a: b\r\n')}\r\n`,
  '9,000 fields': `GET / HTTP/1.1${HOST}${fields(9000, 'a: b\r\n')}\r\n`,
  '9,000 fields without value': `GET / HTTP/1.1${HOST}${fields(9000, 'a:\r\n')}\r\n`,
  '17,000 fields without value': `GET / HTTP/1.1${HOST}${fields(17000, 'a:\r\n')}\r\n`,
  'chunk extension of 16,000': `${CHUNKED}5;${a(16000)}\r\nhello\r\n0\r\n\r\n`,
  'chunk extension of 17,000': `${CHUNKED}5;${a(17000)}\r\nhello\r\n0\r\n\r\n`,
  'chunk extension value of 17,000': `${CHUNKED}5;a=${a(17000)}\r\nhello\r\n0\r\n\r\n`,
  'quoted chunk extension of 17,000': `${CHUNKED}5;a="${a(17000)}"\r\nhello\r\n0\r\n\r\n`,
  'two chunk extensions of 9,000': `${CHUNKED}5;${a(9000)}\r\nhello\r\n5;${a(9000)}\r\nhello\r\n0\r\n\r\n`,
  'extension of 17,000 on the last chunk': `${CHUNKED}5\r\nhello\r\n0;${a(17000)}\r\n\r\n`,
  '5,000 chunk extensions': `${CHUNKED}5${fields(5000, ';a=b')}\r\nhello\r\n0\r\n\r\n`,
  'chunk size of 17,000 digits': `${CHUNKED}${'0'.repeat(17000)}5\r\nhello\r\n0\r\n\r\n`,
  'trailer of 15,000': `${CHUNKED}0\r\nX: ${a(15000)}\r\n\r\n`,
  'trailer of 17,000': `${CHUNKED}0\r\nX: ${a(17000)}\r\n\r\n`,
  'trailer name of 17,000': `${CHUNKED}0\r\n${a(17000)}: b\r\n\r\n`,
  '9,000 trailers': `${CHUNKED}0\r\n${fields(9000, 'a: b\r\n')}\r\n`,
  'head and trailer of 10,000': `POST / HTTP/1.1${HOST}X: ${a(10000)}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ${a(10000)}\r\n\r\n`,
  'two heads of 10,000': `GET /${a(10000)} HTTP/1.1${HOST}\r\n`.repeat(2),
  'body of 100,000': `POST / HTTP/1.1${HOST}Content-Length: 100000\r\n\r\n${a(100000)}`,
  '2,000 spaces before the target': `GET ${' '.repeat(2000)}/ HTTP/1.1${HOST}\r\n`,
  '2,000 spaces after the target': `GET / ${' '.repeat(2000)}HTTP/1.1${HOST}\r\n`,
  '20,000 spaces before a value': `GET / HTTP/1.1${HOST}X: ${' '.repeat(20000)}b\r\n\r\n`,
  '20,000 spaces after a value': `GET / HTTP/1.1${HOST}X: b${' '.repeat(20000)}\r\n\r\n`,
  '20,000 spaces for a value': `GET / HTTP/1.1${HOST}X: ${' '.repeat(20000)}\r\n\r\n`,
  '2,000 line breaks before': `${'\r\n'.repeat(2000)}GET / HTTP/1.1${HOST}\r\n`,
  '2,000 spaces after a length': `POST / HTTP/1.1${HOST}Content-Length: 5${' '.repeat(2000)}\r\n\r\nhello`,
});
// The target, "Host" and "a" count: 6 bytes besides the target's.
labelled('a head near the limit', 'plain', sized('target of', 16375, 16380, (length) => `GET /${a(length - 1)} HTTP/1.1${HOST}\r\n`));
labelled('a value near the limit', 'plain', sized('value of', 16374, 16380, (length) => `GET / HTTP/1.1${HOST}X: ${a(length)}\r\n\r\n`));
labelled('spaces after a value near the limit', 'plain', sized('value and spaces of', 16374, 16380, (length) => `GET / HTTP/1.1${HOST}X: ${a(length - 10)}${' '.repeat(10)}\r\n\r\n`));
labelled('extensions near the limit', 'plain', sized('extensions of', 16381, 16387, (length) => `${CHUNKED}5;${a(length)}\r\nhello\r\n0\r\n\r\n`));
labelled('a trailer near the limit', 'plain', sized('trailer of', 16380, 16385, (length) => `${CHUNKED}0\r\nX: ${a(length)}\r\n\r\n`));
labelled('a limit of 100', 'short', {
  ...sized('target of', 92, 96, (length) => `GET /${a(length - 1)} HTTP/1.1${HOST}\r\n`),
  'value of 120': `GET / HTTP/1.1${HOST}X: ${a(120)}\r\n\r\n`,
  'trailer of 120': `${CHUNKED}0\r\nX: ${a(120)}\r\n\r\n`,
  'extension of 120': `${CHUNKED}5;${a(120)}\r\nhello\r\n0\r\n\r\n`,
  '40 fields without value': `GET / HTTP/1.1${HOST}${fields(40, 'ab:\r\n')}\r\n`,
  '60 fields without value': `GET / HTTP/1.1${HOST}${fields(60, 'ab:\r\n')}\r\n`,
});
labelled('three fields are enough', 'few', {
  '3 fields': `GET / HTTP/1.1${HOST}X: y\r\nZ: w\r\n\r\n`,
  '4 fields': `GET / HTTP/1.1${HOST}X: y\r\nZ: w\r\nV: u\r\n\r\n`,
  'the host comes fourth': 'GET / HTTP/1.1\r\nX: y\r\nZ: w\r\nV: u\r\nHost: a\r\n\r\n',
  'the length comes fourth': `POST / HTTP/1.1${HOST}X: y\r\nZ: w\r\nContent-Length: 5\r\n\r\nhello`,
  'the coding comes fourth': `POST / HTTP/1.1${HOST}X: y\r\nZ: w\r\nTransfer-Encoding: chunked\r\n\r\n${BODY}`,
  'the expectation comes fourth': `POST / HTTP/1.1${HOST}X: y\r\nZ: w\r\nExpect: x\r\n\r\n`,
  '4 trailers': `${CHUNKED}0\r\nX: y\r\nZ: w\r\nV: u\r\nT: s\r\n\r\n`,
});
labelled('two requests for each connection', 'twice', {
  '1 request': `GET / HTTP/1.1${HOST}\r\n`,
  '2 requests': `GET / HTTP/1.1${HOST}\r\n`.repeat(2),
  '3 requests': `GET / HTTP/1.1${HOST}\r\n`.repeat(3),
  '4 requests': `GET / HTTP/1.1${HOST}\r\n`.repeat(4),
});
labelled('fields of one name are joined', 'joining', {
  'cookies': `GET / HTTP/1.1${HOST}Cookie: a\r\nCookie: b\r\n\r\n`,
  'types': `GET / HTTP/1.1${HOST}Content-Type: a\r\nContent-Type: b\r\n\r\n`,
  'hosts': `GET / HTTP/1.1${HOST}Host: b\r\n\r\n`,
});

module.exports = groups;
