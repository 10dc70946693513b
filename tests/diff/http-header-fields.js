'use strict';

// What `headers` is of heads with all kinds of names, and what goes out where `end` is the first to write.

const http = require('http');
const net = require('net');

const heads = {
  ordinary: ['Host: x', 'Accept: a', 'X-One: 1', 'x-two: 2'],
  'a name of digits': ['Host: x', 'b: 1', '7: seven', 'a: 2', '10: ten', '07: no index'],
  'one cookie set': ['Host: x', 'Set-Cookie: a=1', 'X: 1'],
  'two cookies set': ['Host: x', 'Set-Cookie: a=1', 'set-cookie: b=2'],
  'again, joined': ['Host: x', 'X-A: 1', 'x-a: 2', 'Cookie: a', 'COOKIE: b'],
  'again, the first counts': ['Host: x', 'User-Agent: a', 'user-agent: b', 'Age: 1', 'age: 2'],
  'an empty value': ['Host: x', 'X-Empty:', 'X-Space:   '],
  'a name of Object.prototype': ['Host: x', 'constructor: a', '__proto__: b', 'toString: c'],
  'beyond ASCII': ['Host: x', 'X-Latin: \u00e9\u00ff'],
  'more than a few': Array.from({ length: 40 }, (_, at) => `X-${at % 38}: ${at}`).concat('Host: x'),
  'just a few': Array.from({ length: 31 }, (_, at) => `X-${at}: ${at}`).concat('Host: x'),
};

const answers = {
  text: (res) => res.end('text'),
  'text with fields': (res) => res.setHeader('X-A', 'a').setHeader('x-b', 7).end('text'),
  'a field of text': (res) => res.setHeader('X-A', 'a').end('text'),
  'a list': (res) => res.setHeader('Set-Cookie', ['a', 'b']).end('text'),
  'a length': (res) => res.setHeader('Content-Length', '4').end('text'),
  'a wrong length': (res) => res.setHeader('Content-Length', '2').end('text'),
  bytes: (res) => res.end(Buffer.from('bytes')),
  'beyond ASCII': (res) => res.end('\u00e9'),
  'an encoding': (res) => res.end('6869', 'hex'),
  'an encoding for ASCII': (res) => res.end('ab', 'utf16le'),
  empty: (res) => res.end(''),
  'a status': (res) => {
    res.statusCode = 404;
    res.end('none');
  },
  'a message': (res) => {
    res.statusMessage = 'Fine';
    res.end('text');
  },
  'a status of text': (res) => {
    res.statusCode = '201';
    res.end('text');
  },
  'a fraction': (res) => {
    res.statusCode = 200.5;
    res.end('text');
  },
  'no content': (res) => {
    res.statusCode = 204;
    res.end('text');
  },
  'not modified': (res) => {
    res.statusCode = 304;
    res.end('text');
  },
  chunked: (res) => res.setHeader('Transfer-Encoding', 'chunked').end('text'),
  trailers: (res) => {
    res.setHeader('Trailer', 'X-T');
    res.addTrailers({ 'X-T': 't' });
    res.end('text');
  },
  'a trailer without chunks': (res) => {
    res.setHeader('Trailer', 'X-T').setHeader('Content-Length', '4');
    try {
      res.end('text');
    } catch (error) {
      console.log(error.code, res.statusMessage, res.headersSent);
      res.destroy();
    }
  },
  'a length removed': (res) => {
    res.removeHeader('Content-Length');
    res.end('text');
  },
  'a date removed': (res) => {
    res.removeHeader('Date');
    res.end('text');
  },
  'strict, too long': (res) => {
    res.strictContentLength = true;
    res.setHeader('Content-Length', '2');
    try {
      res.end('text');
    } catch (error) {
      console.log(error.code);
      res.destroy();
    }
  },
  'writeHead replaced': (res) => {
    const { writeHead } = res;
    res.writeHead = function (...args) {
      console.log('writeHead', args, this === res);
      return writeHead.call(this, 202, { 'X-Mine': 'yes' });
    };
    res.end('text');
  },
  'a callback': (res) => res.end('text', () => console.log('ended', res.writableFinished)),
  'listened to': (res) => {
    res.on('prefinish', () => console.log('prefinish'));
    res.on('finish', () => console.log('finish', res.writableEnded, res.statusMessage));
    res.end('text');
  },
  'looked at after': (res) => {
    res.setHeader('X-A', 'a').end('text');
    console.log(res.headersSent, res.statusMessage, res.getHeaders(), res.writableEnded);
    console.log(res.writableLength, res.finished, res._contentLength, res._header?.split('\r\n')[0]);
  },
};

const server = http.createServer((req, res) => {
  const name = decodeURIComponent(req.url.slice(1));
  if (!answers[name]) {
    const { headers } = req;
    console.log(name, Object.getPrototypeOf(headers) === Object.prototype);
    console.log(JSON.stringify(Object.entries(headers)), JSON.stringify(headers));
    headers.added = 'later';
    delete headers.host;
    console.log(Object.keys(headers).length, 'added' in req.headers, req.headers === headers);
    console.log(JSON.stringify(Object.getOwnPropertyDescriptor(headers, 'added')));
    res.end('ok');
    return;
  }
  answers[name](res);
});

function ask(name, lines) {
  return new Promise((resolve) => {
    const socket = net.connect(server.address().port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text.replace(/\r\nDate: [^\r]*/, '\r\nDate: then')));
    const head = [`GET /${encodeURIComponent(name)} HTTP/1.1`, ...lines, 'Connection: close', '', ''];
    socket.write(head.join('\r\n'), 'latin1');
  });
}

server.listen(0, '127.0.0.1', async () => {
  for (const [name, lines] of Object.entries(heads)) {
    console.log(JSON.stringify(await ask(name, lines)));
  }
  for (const name of Object.keys(answers)) {
    console.log(name, JSON.stringify(await ask(name, ['Host: x'])));
  }
  server.close();
});
