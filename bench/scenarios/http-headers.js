// What: 15 headers read, 15 headers answered
// Group: http
// Measure: server
// Request: GET /
// Header: User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
// Header: Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
// Header: Accept-Language: en-US,en;q=0.5
// Header: Accept-Encoding: gzip, deflate, br
// Header: Referer: http://localhost/search?q=headers
// Header: Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; lang=en
// Header: Cache-Control: no-cache
// Header: Pragma: no-cache
// Header: Upgrade-Insecure-Requests: 1
// Header: Sec-Fetch-Dest: document
// Header: Sec-Fetch-Mode: navigate
// Header: Sec-Fetch-Site: same-origin
// Header: X-Forwarded-For: 203.0.113.7
// Header: X-Forwarded-Proto: https
// Header: X-Request-Id: 5f0c2a4e-9d1b-4a77-8f6e-1b2c3d4e5f60
// Answer: 354
'use strict';

const http = require('http');

const names = [
  'user-agent',
  'accept',
  'accept-language',
  'accept-encoding',
  'referer',
  'cookie',
  'cache-control',
  'pragma',
  'upgrade-insecure-requests',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-request-id',
];

// The answer is how many characters the headers of the request have.
const server = http.createServer((req, res) => {
  let length = 0;
  for (const name of names) {
    length += req.headers[name]?.length ?? 0;
  }
  const body = String(length);
  res.writeHead(200, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'private, max-age=0, must-revalidate',
    'Content-Language': 'en',
    'Content-Security-Policy': "default-src 'self'; img-src *",
    'Cross-Origin-Opener-Policy': 'same-origin',
    ETag: '"33a64df551425fcc55e4d42a148795d9f25f89d4"',
    'Last-Modified': 'Wed, 21 Oct 2015 07:28:00 GMT',
    'Referrer-Policy': 'no-referrer',
    'Set-Cookie': 'session=0123456789abcdef; Path=/; HttpOnly',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    Vary: 'Accept-Encoding, Cookie',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'X-Request-Id': req.headers['x-request-id'] ?? 'none',
  });
  res.end(body);
});

server.listen(process.env.PORT || 0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
