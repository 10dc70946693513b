// Node: 24
// What comes of each request of lib/http-requests.js: sent whole, whole to a server that listens for 'clientError', byte by byte to
// such a server, and behind a good request. Then a good request follows on the same connection, and then its end.
// A verdict has what the listeners saw (in brackets), the status lines that came back (each with its `Connection` and its body's
// framing), and whether the server then closed the connection; behind `;` what the good request that follows did (`kept` if it was served
// and the connection ended with its client), behind `|` what the end did.
// Nothing waits for time to pass: the server has read all that was sent when its socket's `bytesRead` says so, and the client all that
// was answered when it has as much as the server's `bytesWritten`.
'use strict';
const http = require('http');
const net = require('net');

const OPTIONS = {
  plain: {},
  hostless: { requireHostHeader: false },
  listening: {},
  lenient: { insecureHTTPParser: true },
  short: { maxHeaderSize: 100 },
  few: {},
  twice: {},
  joining: { joinDuplicateHeaders: true },
};
const GOOD = 'GET /before HTTP/1.1\r\nHost: a\r\n\r\n';
const PROBE = 'GET /after HTTP/1.1\r\nHost: a\r\n\r\n';
// Enough turns of the loop for what was read to be answered.
const TURNS = 6;
const AT_ONCE = 64;

// Both ends of a connection know its two ports; the server's end may be there before the client knows that it is connected.
const attempts = new Map();
const sockets = new Map();
const keys = new WeakMap();
const of = (socket) => attempts.get(keys.get(socket));

/** A value in few words. */
function short(text, limit = 60) {
  text = String(text);
  const shown = text.length > limit ? `${text.slice(0, 20)}…(${text.length})` : text;
  return JSON.stringify(shown).slice(1, -1).replace(/[\x7f-\xff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
}

const list = (raw) => (raw.length > 24 ? `${raw.length / 2} fields` : raw.map(short).join(','));

function describe(req) {
  const plain = JSON.stringify(req.rawHeaders) === '["Host","a"]';
  const version = req.httpVersion === '1.1' ? '' : ` ${req.httpVersion}`;
  return `${req.method} ${short(req.url)}${version}${plain ? '' : ` {${list(req.rawHeaders)}}`}`;
}

function makeServer(name, listens) {
  const server = http.createServer(OPTIONS[name], (req, res) => {
    const attempt = of(req.socket);
    let body = '';
    req.setEncoding('latin1');
    req.on('data', (text) => { body += text; });
    req.on('aborted', () => attempt.saw(`aborted${body && ` after ${short(body)}`}`));
    req.on('error', () => {});
    req.on('end', () => {
      const trailers = req.rawTrailers.length > 0 ? ` trailers {${list(req.rawTrailers)}}` : '';
      const host = name === 'joining' ? ` ${JSON.stringify(req.headers)}` : '';
      attempt.saw(`${describe(req)}${host}${body && ` "${short(body)}"`}${trailers}`);
      res.end();
    });
  });
  server.on('connection', (socket) => {
    const key = `${socket.localPort} ${socket.remotePort}`;
    keys.set(socket, key);
    sockets.set(key, socket);
  });
  server.on('dropRequest', (req, socket) => of(socket).saw('dropped'));
  if (listens) {
    server.on('clientError', (error, socket) => {
      of(socket).saw(`${error.code}: ${error.reason ?? error.message}`);
      socket.destroy();
    });
  }
  if (name === 'listening') {
    for (const event of ['checkContinue', 'checkExpectation']) {
      server.on(event, (req, res) => {
        of(req.socket).saw(`${event} ${describe(req)}`);
        res.end();
      });
    }
    for (const event of ['upgrade', 'connect']) {
      server.on(event, (req, socket, head) => {
        of(socket).saw(`${event} ${describe(req)} + "${short(head.toString('latin1'))}"`);
        socket.on('error', () => {});
        socket.end('HTTP/1.1 101 Done\r\nConnection: Upgrade\r\n\r\n');
      });
    }
  }
  if (name === 'few') server.maxHeadersCount = 3;
  if (name === 'twice') server.maxRequestsPerSocket = 2;
  // On a busy machine each of them may take its time.
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  return server;
}

/** The status lines in what a client has read. */
function answers(bytes) {
  const all = [];
  for (const text of bytes.split(/(?=HTTP\/1\.[01] \d)/)) {
    if (text === '') continue;
    const line = /^HTTP\/1\.[01] (\d+ [^\r]*)/.exec(text)?.[1] ?? `?${short(text)}`;
    const connection = /\r\nConnection: ([^\r]*)/.exec(text)?.[1] ?? '-';
    const framing = /\r\nContent-Length: /.test(text) ? 'sized' : /\r\nTransfer-Encoding: /.test(text) ? 'chunked' : '-';
    all.push(`${line} (${connection}, ${framing})`);
  }
  return all;
}

function turns(count, callback) {
  if (count === 0) callback();
  else setImmediate(turns, count - 1, callback);
}

/** One request on a connection of its own. */
function attempt(server, pieces, done) {
  // One for each phase: what was sent, the good request, the end.
  const verdict = [];
  let phase;
  const begin = () => verdict.push(phase = { saw: [], wire: [] });
  begin();
  const self = {
    get socket() {
      return sockets.get(key);
    },
    saw: (text) => phase.saw.push(`[${text}]`),
  };
  let key;
  const client = net.connect(server.address().port, '127.0.0.1');
  client.setNoDelay(true);
  let received = '';
  let told = 0;
  let sent = 0;
  let ended = false;
  let closed = false;
  client.setEncoding('latin1');
  client.on('connect', () => {
    key = `${client.remotePort} ${client.localPort}`;
    attempts.set(key, self);
    next(0);
  });
  client.on('data', (text) => { received += text; });
  client.on('end', () => { ended = true; });
  client.on('error', (error) => { if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error; });
  client.on('close', () => {
    closed = true;
  });

  function tell() {
    const all = answers(received);
    for (; told < all.length; told++) phase.wire.push(all[told]);
  }

  /** Whether the server has read all that was sent to it, or never will. */
  const isRead = () => closed || ended || self.socket && (self.socket.destroyed || self.socket.bytesRead >= sent);

  /** Whether the client has all that the server sent, and knows if that was all. */
  function isHeard() {
    if (closed || ended || !self.socket) return true;
    return !self.socket.destroyed && !self.socket.writableFinished && client.bytesRead >= self.socket.bytesWritten;
  }

  function when(condition, callback) {
    if (condition()) callback();
    else setImmediate(when, condition, callback);
  }

  function settled(callback) {
    when(isRead, () => turns(TURNS, () => when(isHeard, callback)));
  }

  function send(text) {
    sent += text.length;
    if (!closed && !ended) client.write(text, 'latin1');
  }

  function next(index) {
    if (index < pieces.length) {
      send(pieces[index]);
      // One after another: the server reads each for itself.
      when(isRead, () => next(index + 1));
      return;
    }
    settled(() => {
      tell();
      if (closed || ended) return finish('closes');
      begin();
      send(PROBE);
      settled(() => {
        tell();
        if (closed || ended) return finish('closes');
        begin();
        client.end();
        when(() => closed || ended, () => finish(''));
      });
    });
  }

  function finish(how) {
    client.destroy();
    self.socket?.destroy();
    turns(TURNS, () => {
      tell();
      if (how) phase.wire.push(how);
      attempts.delete(key);
      sockets.delete(key);
      done(verdict);
    });
  }
}

const part = ({ saw, wire }) => [...saw, ...wire].join(' ') || '-';

function render([first, second, third]) {
  let text = part(first);
  if (second !== undefined) text += ` ; ${part(second)}`;
  if (third !== undefined) text += ` | ${part(third)}`;
  return text.replace('; [GET /after] 200 OK (keep-alive, sized) | -', '; kept');
}

const BEFORE = '200 OK (keep-alive, sized)';

/**
 * The verdict on a request behind a good one, without that one. Whether that one's response still gets out when what follows it in the same
 * packet is refused is a matter of when ticks run: it may be missing then.
 */
function without([{ saw, wire }, ...rest]) {
  const refused = wire.some((line) => line.startsWith('4'));
  const [first, ...others] = wire;
  return [{ saw: saw.filter((text) => text !== '[GET /before]'), wire: first === BEFORE ? others : refused ? wire : ['first unanswered', ...wire] }, ...rest];
}

// What most requests begin with goes in one piece.
const USUAL = ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', 'POST / HTTP/1.1\r\nHost: a\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n'];

function pieces(bytes) {
  // Long ones in longer pieces, of an odd length.
  const size = bytes.length > 1000 ? 997 : 1;
  const start = USUAL.find((text) => bytes.startsWith(text) && bytes.length > text.length + 2);
  const all = start === undefined ? [] : [start];
  for (let at = start?.length ?? 0; at < bytes.length; at += size) all.push(bytes.slice(at, at + size));
  return all;
}

function listen(name, listens) {
  return new Promise((resolve) => {
    const server = makeServer(name, listens);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

async function verdicts(requests, server, cut) {
  const all = new Array(requests.length);
  let next = 0;
  const worker = async () => {
    while (next < requests.length) {
      const index = next++;
      all[index] = await new Promise((resolve) => attempt(server, cut(requests[index].bytes), resolve));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return all;
}

const differences = process.versions.ouro ? require('./lib/http-differences.js').flatMap(({ cases }) => cases) : [];

/** Node's lines for ours, where it is meant that they differ. */
function agreed(group, label, lines) {
  const index = differences.findIndex(({ of: [g, l], ouro }) => g === group && l === label && `${ouro}` === `${lines}`);
  return index < 0 ? lines : differences.splice(index, 1)[0].node;
}

async function main() {
  const only = process.env.OURO_HOSTILE;
  for (const { name, server, requests } of require('./lib/http-requests.js')) {
    if (only && !name.includes(only)) continue;
    const [quiet, listening] = [await listen(server, false), await listen(server, true)];
    const [whole, heard, bytes, piped] = await Promise.all([
      verdicts(requests, quiet, (text) => [text]),
      verdicts(requests, listening, (text) => [text]),
      verdicts(requests, listening, pieces),
      verdicts(requests, quiet, (text) => [GOOD + text]),
    ]);
    quiet.close();
    listening.close();
    console.log(`\n# ${name} (${server})`);
    requests.forEach(({ label }, index) => {
      const one = render(whole[index]);
      const lines = [one];
      const two = render(heard[index]);
      if (two !== one) lines.push(`heard: ${two}`);
      const three = render(bytes[index]);
      if (three !== two) lines.push(`in bytes: ${three}`);
      const four = render(without(piped[index]));
      if (four !== one) lines.push(`behind: ${four}`);
      console.log(short(label, 200));
      for (const line of agreed(name, short(label, 200), lines)) console.log(`  ${line}`);
    });
  }
  if (!only && process.versions.ouro && differences.length > 0) console.log('no longer different:', JSON.stringify(differences));
}

main();
