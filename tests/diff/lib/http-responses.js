// Responses that are malformed, hostile, or just within the rules, for `tests/diff/http-hostile-responses.js`, which tells what a client
// makes of each. A text is a sequence of bytes, one for each character.
'use strict';

/** Groups of responses. Those of a group differ in one place: `whole(text)` is the response. `method` is what was asked. */
const groups = [];
function group(name, whole, texts, method = 'GET', options = {}) {
  groups.push({ name, method, options, responses: texts.map((text) => ({ label: text, bytes: whole(text) })) });
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const BODY = '5\r\nhello\r\n0\r\n\r\n';
const a = (count) => 'a'.repeat(count);

group('status lines', (line) => `${line}\r\nContent-Length: 2\r\n\r\nhi`, [
  'HTTP/1.1 200 OK', 'HTTP/1.1 200', 'HTTP/1.1 200 ', 'HTTP/1.1  200 OK', 'HTTP/1.1 200  OK', 'HTTP/1.1 20 OK', 'HTTP/1.1 2000 OK', 'HTTP/1.1 0200 OK', 'HTTP/1.1 2x0 OK', 'HTTP/1.1 000 OK', 'HTTP/1.1 099 OK',
  'HTTP/1.1 600 OK', 'HTTP/1.1 999 OK', 'HTTP/1.1 +20 OK', 'HTTP/1.1 -20 OK', 'HTTP/1.1 200\tOK', 'HTTP/1.1\t200 OK', 'HTTP/1.1 OK', 'HTTP/1.1 ', 'HTTP/1.1', 'HTTP/1.0 200 OK', 'HTTP/0.9 200 OK', 'HTTP/2.0 200 OK', 'HTTP/1.2 200 OK',
  'HTTP/1.10 200 OK', 'HTTP/11 200 OK', 'HTTP/1 200 OK', 'http/1.1 200 OK', 'HTTPS/1.1 200 OK', 'HTP/1.1 200 OK', ' HTTP/1.1 200 OK', 'ICE/1.0 200 OK', 'RTSP/1.0 200 OK', 'ICY 200 OK', 'GET / HTTP/1.1', '200 OK', '\r\nHTTP/1.1 200 OK',
  'HTTP/1.1 200 OK\r', 'HTTP/1.1 200 O\rK', 'HTTP/1.1 200 O\nK', 'HTTP/1.1 200 OK\n', 'HTTP/1.1 200\r', 'HTTP/1.1 200 O\x00K', 'HTTP/1.1 200 O\x01K', 'HTTP/1.1 200 \x7f', 'HTTP/1.1 200 O\xe9K', 'HTTP/1.1 200 \tOK\t', 'HTTP/1.1 200 OK ',
  'HTTP/1.1 404 Not Found', 'HTTP/1.1 100 Continue', 'HTTP/1.1 102 Processing', 'HTTP/1.1 103 Early', 'HTTP/1.1 199 x', 'HTTP/1.1 204 No Content', 'HTTP/1.1 205 Reset', 'HTTP/1.1 304 Not Modified', '\x00', `HTTP/1.1 200 ${a(20000)}`,
]);
group('fields', (fields) => `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${fields}\r\n\r\nhi`, [
  'X : a', 'X\t: a', 'X: a\r\n b', 'X: a\r\n\tb', 'X: a\nY: b', 'X: a\rY: b', 'X: a\x00', 'X: a\x01', 'X: a\x7f', 'X: \xe9', 'X\xe9: a', 'X', ': a', 'X y: a', 'X(: a', ' X: a', 'X:', 'X:  a  ', `X: ${a(17000)}`, `${a(17000)}: x`,
  'Set-Cookie: a\r\nSet-Cookie: b', 'Content-Length: 2', 'Content-Length: 3', 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity', 'Connection: close', 'Connection: keep-alive', 'Connection: upgrade\r\nUpgrade: x', 'Upgrade: x', 'Keep-Alive: timeout=0', 'Trailer: x',
]);
group('lengths', (value) => `HTTP/1.1 200 OK\r\nContent-Length:${value}\r\n\r\nhello`, [
  ' 5', ' 05', ' +5', ' -5', ' 5 ', ' 5\t', ' 5 5', ' 5,5', ' 5, 5', ' 0x5', ' 5.0', '', ' ', ' x', ' 4', ' 6', ' 0', ' 18446744073709551615', ' 18446744073709551616', ' 5\r\nContent-Length: 5', ' 5\r\nContent-Length: 6', ' 5\r\nTransfer-Encoding: chunked', '\r\n 5',
]);
group('codings', (value) => `HTTP/1.1 200 OK\r\nTransfer-Encoding:${value}\r\n\r\n${BODY}`, [
  ' chunked', ' Chunked', ' chunked ', ' chunked\t', ' chunked,', ' gzip', ' gzip, chunked', ' chunked, gzip', ' chunked, chunked', ' identity', ' xchunked', ' chunkedx', '', ' ', ' \x0bchunked', '\r\n chunked', ' chunked\r\nTransfer-Encoding: gzip', ' gzip\r\nTransfer-Encoding: chunked', ' chunked\r\nContent-Length: 5', ' chunked\r\nConnection: close',
]);
group('chunks', (chunks) => `${CHUNKED}${chunks}`, [
  BODY, '5\nhello\r\n0\r\n\r\n', '5\r\nhello\n0\r\n\r\n', '5\r\nhello0\r\n\r\n', '5 \r\nhello\r\n0\r\n\r\n', ' 5\r\nhello\r\n0\r\n\r\n', '05\r\nhello\r\n0\r\n\r\n', '0x5\r\nhello\r\n0\r\n\r\n', '-5\r\nhello\r\n0\r\n\r\n', 'g\r\nhello\r\n0\r\n\r\n', '\r\n', '5;a=b\r\nhello\r\n0\r\n\r\n', '5;\r\nhello\r\n0\r\n\r\n', '5; a\r\nhello\r\n0\r\n\r\n',
  '5;a="\r\n', '5\r\nhello', '5\r\nhel', '5', '5\r\nhello\r\n0\r\n', '5\r\nhello\r\n0\r\nX: y\r\n\r\n', '5\r\nhello\r\n0\r\nX : y\r\n\r\n', '5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n', '5\r\nhello\r\n0\r\n\n', '10000000000000000\r\nhello', 'FFFFFFFFFFFFFFFF\r\nhello', `5;${a(17000)}\r\nhello\r\n0\r\n\r\n`, `0\r\nX: ${a(17000)}\r\n\r\n`, `${BODY}junk`, '0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
]);
group('whole responses', (text) => text, [
  '', '\r\n\r\n', 'H', 'HTTP/1.1 200 OK', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nX: a', 'HTTP/1.1 200 OK\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\nhello', 'HTTP/1.0 200 OK\r\n\r\nhello', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello', '<html>', 'HTTP/1.1 200 OK\nX: a\n\nhi',
  'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', 'HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', 'HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
  'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nabc', 'HTTP/1.1 101 Switching\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhijunk', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(2500)}Content-Length: 2\r\n\r\nhi`,
]);
group('answers to HEAD', (text) => text, [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
], 'HEAD');
group('answers to CONNECT', (text) => text, [
  'HTTP/1.1 200 OK\r\n\r\nabc', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nabc', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nabc', 'HTTP/1.1 x\r\n\r\n',
], 'CONNECT');
group('fields under insecureHTTPParser', (fields) => `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${fields}\r\n\r\nhi`, [
  'X: a\x01', 'X: a\x00', 'X: a\r\n b', 'X : a', 'X: a\nY: b', 'Content-Length: 2', 'Transfer-Encoding: chunked',
], 'GET', { insecureHTTPParser: true });

module.exports = groups;
