// Node: 24
// Nothing that a program puts into a head, a trailer, an informational response or a request line begins a line of its own:
// each way in with each character that might, and what went over the wire.
'use strict';
const http = require('http');
const net = require('net');

const characters = [
  '\r', '\n', '\r\n', '\0', '\x01', '\x08', '\t', '\x0b', '\x0c', '\x1b', '\x1f', ' ', '"', ':', ';', ',', '\x7f', '\x80', '\x85',
  '\xa0', '\xff', '\u0100', '\u010a', '\u010d\u010a', '\u2028', '\u560a', '\ud83d\ude00',
];
const evil = (c) => `a${c}Set-Cookie: b`;

// Each gets a response and a text, and makes what it can of them.
const responses = {
  'setHeader value': (res, text) => res.setHeader('X', text),
  'setHeader value in a list': (res, text) => res.setHeader('X', ['ok', text]),
  'setHeader name': (res, text) => res.setHeader(text, 'v'),
  'setHeader cookie': (res, text) => res.setHeader('Set-Cookie', ['ok=1', text]),
  'setHeader number-like': (res, text) => res.setHeader('X', { toString: () => text }),
  'appendHeader value': (res, text) => res.appendHeader('X', text),
  'appendHeader again': (res, text) => res.appendHeader('X', 'ok').appendHeader('X', text),
  'appendHeader list': (res, text) => res.appendHeader('X', ['ok', text]),
  'appendHeader name': (res, text) => res.appendHeader(text, 'v'),
  'setHeaders of a map, value': (res, text) => res.setHeaders(new Map([['X', text]])),
  'setHeaders of a map, name': (res, text) => res.setHeaders(new Map([[text, 'v']])),
  'setHeaders of a map, cookies': (res, text) => res.setHeaders(new Map([['set-cookie', ['ok=1', text]]])),
  'writeHead object, value': (res, text) => res.writeHead(200, { X: text }),
  'writeHead object, list': (res, text) => res.writeHead(200, { X: ['ok', text] }),
  'writeHead object, name': (res, text) => res.writeHead(200, { [text]: 'v' }),
  'writeHead flat array, value': (res, text) => res.writeHead(200, ['X', text]),
  'writeHead flat array, name': (res, text) => res.writeHead(200, [text, 'v']),
  'writeHead flat array, twice': (res, text) => res.writeHead(200, ['X', 'ok', 'X', text]),
  'writeHead array of pairs, value': (res, text) => res.writeHead(200, [['X', text]]),
  'writeHead array of pairs, name': (res, text) => res.writeHead(200, [[text, 'v']]),
  'writeHead after setHeader, object': (res, text) => res.setHeader('Y', 'y').writeHead(200, { X: text }),
  'writeHead after setHeader, array': (res, text) => res.setHeader('Y', 'y').writeHead(200, ['X', text]),
  'writeHead after setHeader, pairs': (res, text) => res.setHeader('Y', 'y').writeHead(200, [['X', text]]),
  'writeHead reason': (res, text) => res.writeHead(200, text),
  'writeHead reason and headers': (res, text) => res.writeHead(200, text, { X: 'ok' }),
  'statusMessage': (res, text) => { res.statusMessage = text; },
  'statusCode': (res, text) => { res.statusCode = text; },
  'writeHead status': (res, text) => res.writeHead(`200${text}`),
  'special: Content-Length': (res, text) => res.setHeader('Content-Length', `0${text}`),
  'special: Transfer-Encoding': (res, text) => res.setHeader('Transfer-Encoding', `chunked${text}`),
  'special: Date': (res, text) => res.setHeader('Date', text),
  'special: Content-Disposition': (res, text) => res.setHeader('Content-Disposition', text),
  'special: Content-Disposition with a length': (res, text) => {
    res.setHeader('Content-Length', 2);
    // Node reads the value as UTF-8 and sends what is none of it as U+FD.
    res.setHeader('Content-Disposition', text.replace(/[\x80-\xff]/, ''));
  },
  'trailer value': (res, text) => {
    res.writeHead(200, { Trailer: 'X' });
    res.write('b');
    res.addTrailers({ X: text });
  },
  'trailer name': (res, text) => {
    res.writeHead(200, { Trailer: 'X' });
    res.write('b');
    res.addTrailers({ [text]: 'v' });
  },
  'trailer list': (res, text) => {
    res.writeHead(200, { Trailer: 'X' });
    res.write('b');
    res.addTrailers({ X: ['ok', text] });
  },
  'trailer pairs': (res, text) => {
    res.writeHead(200, { Trailer: 'X' });
    res.write('b');
    res.addTrailers([['X', text]]);
  },
  'early hints link': (res, text) => res.writeEarlyHints({ link: `</a${text}>; rel=preload` }),
  'early hints parameter': (res, text) => res.writeEarlyHints({ link: `</a>; rel=${text}` }),
  'early hints quoted': (res, text) => res.writeEarlyHints({ link: `</a>; rel="${text}"` }),
  'early hints list': (res, text) => res.writeEarlyHints({ link: ['</a>; rel=preload', `</b${text}>; rel=preload`] }),
  'early hints value': (res, text) => res.writeEarlyHints({ 'link': '</a>; rel=preload', 'x-a': text }),
  'early hints name': (res, text) => res.writeEarlyHints({ 'link': '</a>; rel=preload', [text]: 'v' }),
  'information value': (res, text) => res.writeInformation(110, { X: text }),
  'information name': (res, text) => res.writeInformation(110, { [text]: 'v' }),
  'information status': (res, text) => res.writeInformation(`110${text}`, { X: 'v' }),
  'body in chunks': (res, text) => {
    res.write(text);
    res.write(text, 'latin1');
  },
};

// Each makes options of a request; `send` may do something with it.
const requests = {
  'path': { options: (text) => ({ path: `/${text}` }) },
  'path with latin1': { options: (text) => ({ path: `/\xe9${text}` }) },
  'method': { options: (text) => ({ method: `GET${text}` }) },
  'host in options': { options: (text) => ({ setHost: true, headers: { Host: text } }) },
  'header value': { options: (text) => ({ headers: { X: text } }) },
  'header list': { options: (text) => ({ headers: { X: ['ok', text] } }) },
  'header name': { options: (text) => ({ headers: { [text]: 'v' } }) },
  'headers as a flat array': { options: (text) => ({ headers: ['Host', 'h', 'X', text] }) },
  'headers as pairs': { options: (text) => ({ headers: [['Host', 'h'], ['X', text]] }) },
  'header name in an array': { options: (text) => ({ headers: ['Host', 'h', text, 'v'] }) },
  'auth': { options: (text) => ({ auth: text }) },
  'path assigned': { options: () => ({}), send: (req, text) => { req.path = `/${text}`; } },
  // Without what is no token: Node sends a method that was assigned as it is, we refuse to.
  'method assigned': { options: () => ({}), send: (req, text) => { req.method = `GET${text.replace(/[^\w]/g, '')}`; } },
  'setHeader later': { options: () => ({}), send: (req, text) => req.setHeader('X', text) },
  'trailer': {
    options: () => ({ method: 'POST', headers: { Trailer: 'X' } }),
    send(req, text) {
      req.write('b');
      req.addTrailers({ X: text });
    },
  },
};

const thrown = (err) => `${err.name} ${err.code}: ${err.message}`;
const masked = (raw) => raw.replace(/^Date: \w+, .*\r\n/gm, '').replace(/^Host: localhost:\d+\r\n/gm, '');
const escaped = (text) => text.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
// Characters of which the same comes share a line.
const told = (lines, name, text, outcome) => {
  const key = `${name}: ${outcome}`;
  if (!lines.has(key)) lines.set(key, []);
  lines.get(key).push(JSON.stringify(text));
};

/** What a client receives when a handler does that. */
function respond(port, act) {
  return new Promise((done) => {
    let raw = '';
    current = act;
    net.connect(port, 'localhost', function() {
      this.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    }).setEncoding('latin1').on('data', (chunk) => { raw += chunk; }).on('close', () => done(JSON.stringify(masked(raw))));
  });
}

/** What a server receives of a request: known when both ends have closed. */
function request(port, { options, send }, text) {
  return new Promise((done) => {
    let raw = '';
    let problem = '';
    let open = 2;
    const closed = () => { if (--open === 0) done(`${problem}${JSON.stringify(masked(raw))}`); };
    received = (socket) => socket.on('data', (chunk) => { raw += chunk; }).on('close', closed);
    let req;
    try {
      req = http.request({ host: 'localhost', port, agent: false, ...options(text) });
    } catch (err) {
      done(`threw ${thrown(err)}`);
      return;
    }
    req.on('error', (err) => { if (err.code !== 'ECONNRESET') problem += `emitted ${thrown(err)}, `; }).on('close', closed);
    req.on('finish', () => req.socket.end());
    try {
      send?.(req, text);
      req.end();
    } catch (err) {
      problem += `threw ${thrown(err)}, `;
      req.on('socket', (socket) => socket.on('connect', () => socket.end()));
    }
  });
}

let current;
let received;
const server = http.createServer((req, res) => {
  let problem = '';
  try {
    current(res);
  } catch (err) {
    problem = thrown(err);
  }
  try {
    res.end(problem);
  } catch (err) {
    res.socket.end(`end threw ${thrown(err)}`);
  }
});
const sink = net.createServer((socket) => {
  received(socket.setEncoding('latin1').on('error', () => {}));
});
server.listen(0, () => sink.listen(0, async () => {
  const lines = new Map();
  const plain = http.validateHeaderValue;
  for (const c of characters) {
    for (const check of [() => plain('x', c), () => http.validateHeaderName(c), () => http.validateHeaderName(`a${c}`)]) {
      try {
        check();
        told(lines, 'valid', c, 'yes');
      } catch (err) {
        told(lines, 'valid', c, thrown(err));
      }
    }
  }
  for (const name of Object.keys(responses)) {
    for (const c of characters) {
      const text = evil(c);
      told(lines, name, c, await respond(server.address().port, (res) => responses[name](res, text)));
    }
  }
  for (const name of Object.keys(requests)) {
    for (const c of characters) told(lines, name, c, await request(sink.address().port, requests[name], evil(c)));
  }
  server.close();
  sink.close();
  for (const [key, texts] of lines) console.log(escaped(`${key}\n    ${texts.join(' ')}`));
}));
