// A fuzzer for the way from a connection's bytes to its responses, without sockets: mutated requests go into `server.emit('connection')`
// whole and in pieces. Each must leave nothing standing, get at most one response of its own, in order and well-formed, and be seen the same
// in pieces as whole.
//
//   ouro tests/fuzz/http.js [--seconds 10] [--seed 1] [--log]
//
// `--log` prints what came of each input, so that two programs can be compared: the same seed makes the same inputs. What fails is written
// to the folder `OURO_FUZZ_FAILED` names, if it is set. The seeds are lib/http-requests.js of tests/diff, and the files of corpus/.
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const { Duplex } = require('stream');

const option = (name, or) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? or : Number(process.argv[at + 1]);
};
const seconds = option('seconds', 2);
const seed = option('seed', 1);
const log = process.argv.includes('--log');

// ---- inputs

let state = (seed * 2654435761) >>> 0 || 1;
function below(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}
const pick = (list) => list[below(list.length)];

const WORDS = [
  '\r\n', '\n', '\r', '\r\n\r\n', ' ', '\t', ':', ',', ';', '"', '\0', '\x80', '0', '5', 'ffffffffffffffff', '18446744073709551615', 'chunked', '/', '?', '#',
  'Transfer-Encoding: chunked\r\n', 'Content-Length: 5\r\n', 'Connection: close\r\n', 'Connection: upgrade\r\nUpgrade: x\r\n', 'Expect: 100-continue\r\n', 'Expect: x\r\n',
  '0\r\n\r\n', '5\r\nhello\r\n', 'HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /g HTTP/1.1\r\nHost: a\r\n\r\n', 'POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc', 'HTTP/1.0', 'CONNECT a:1 HTTP/1.1\r\n',
];

const seeds = [];
for (const { requests } of require('../diff/lib/http-requests.js')) {
  for (const { bytes } of requests) if (bytes.length < 2000) seeds.push(bytes);
}
const corpus = path.join(__dirname, 'corpus');
for (const name of fs.readdirSync(corpus).sort()) seeds.push(fs.readFileSync(path.join(corpus, name), 'latin1'));

function mutate(text) {
  for (let left = below(5); left > 0; left--) {
    const at = below(text.length + 1);
    const end = Math.min(text.length, at + below(16));
    switch (below(8)) {
      case 0: text = text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1); break;
      case 1: text = text.slice(0, at) + text.slice(end); break;
      case 2: text = text.slice(0, end) + text.slice(at); break;
      case 3: case 4: text = text.slice(0, at) + pick(WORDS) + text.slice(at); break;
      case 5: { const other = pick(seeds); text = text.slice(0, at) + other.slice(below(other.length + 1)); break; }
      default: text += pick(seeds);
    }
  }
  return text.slice(0, 4096);
}

function cut(text) {
  const most = pick([1, 3, 16, 64]);
  const pieces = [];
  for (let at = 0; at < text.length;) {
    const length = 1 + below(most);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

// ---- servers

// Turns after which every response is out.
const PATIENCE = 4;

/** A peer that sends these pieces, one a turn, then ends. */
class Wire extends Duplex {
  constructor(pieces, manner) {
    super({ autoDestroy: true });
    this.pieces = pieces;
    this.manner = manner;
    this.sent = '';
    this.heads = [];
    this.codes = [];
    this.answered = [];
    this.next = 0;
    this.handed = false;
  }

  _read() {}

  _write(chunk, encoding, callback) {
    this.sent += chunk.latin1Slice();
    callback();
  }

  /** Answers whether there is nothing left to send. */
  step() {
    const index = this.next++;
    if (this.destroyed || index > this.pieces.length + PATIENCE) return true;
    if (index < this.pieces.length) this.push(Buffer.from(this.pieces[index], 'latin1'));
    else if (index === this.pieces.length + PATIENCE) this.push(null);
    return false;
  }
}

function respond(res, wire, head) {
  const number = wire.answered.push(head) - 1;
  const { way } = wire.manner;
  res.setHeader('X-Number', number);
  if (way & 4) {
    res.write('a');
    res.end('bc');
  } else {
    res.end(`body ${number}`);
  }
}

function makeServer(options) {
  const server = http.createServer(options, (req, res) => {
    const wire = req.socket;
    const head = { text: `${req.method} ${req.url} ${req.httpVersion} ${JSON.stringify(req.rawHeaders)}`, body: '', end: false };
    wire.heads.push(head);
    const { way } = wire.manner;
    req.on('error', () => {});
    res.on('error', () => {});
    if ((way & 3) === 0) return respond(res, wire, head);
    if ((way & 3) === 1) {
      setImmediate(respond, res, wire, head);
      return;
    }
    req.on('data', (chunk) => { head.body += chunk.latin1Slice(); });
    req.on('end', () => {
      head.end = true;
      respond(res, wire, head);
    });
  });
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  return server;
}

function listening(server) {
  server.on('clientError', (error, wire) => {
    wire.codes.push(error.code);
    wire.destroy();
  });
  for (const event of ['upgrade', 'connect']) {
    server.on(event, (req, wire) => {
      wire.handed = true;
      wire.heads.push({ text: `${event} ${req.method} ${req.url}`, body: '', end: true });
      wire.end('HTTP/1.1 101 Handed\r\n\r\n');
    });
  }
  return server;
}

const servers = [makeServer({}), listening(makeServer({})), listening(makeServer({ maxHeaderSize: 200 })), makeServer({ insecureHTTPParser: true })];

// ---- what must hold

/** The responses in what was sent; throws at what is none. Those of a listener have the number of the request's head. */
function parse(text, heads) {
  const all = [];
  while (text !== '') {
    const match = /^HTTP\/1\.1 (\d\d\d) [\x20-\x7e]*\r\n((?:[!#-'*+.\w|~-]+: [\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n/.exec(text);
    if (match === null) throw new Error(`no response: ${JSON.stringify(text.slice(0, 200))}`);
    const response = { status: Number(match[1]), fields: match[2].toLowerCase(), body: '' };
    text = text.slice(match[0].length);
    if (response.status >= 200) {
      const number = /^x-number: (\d+)\r$/m.exec(response.fields)?.[1];
      const head = heads[number];
      response.final = true;
      const length = /^content-length: (\d+)\r$/m.exec(response.fields);
      const bodiless = head?.text.startsWith('HEAD ') || response.status === 204 || response.status === 304;
      if (bodiless) { /* nothing */ } else if (/^transfer-encoding: chunked\r$/m.test(response.fields)) {
        for (;;) {
          const size = /^([0-9a-f]+)\r\n/.exec(text);
          // The connection may have been cut off in the middle.
          if (size === null && text === '') break;
          if (size === null) throw new Error(`no chunk: ${JSON.stringify(text.slice(0, 100))}`);
          const count = parseInt(size[1], 16);
          const start = size[0].length;
          response.body += text.slice(start, start + count);
          if (text.slice(start + count, start + count + 2) !== '\r\n') throw new Error('a chunk without end');
          text = text.slice(start + count + 2);
          if (count === 0) break;
        }
      } else if (length !== null) {
        response.body = text.slice(0, length[1]);
        text = text.slice(length[1]);
      } else if (/^connection: close\r$/m.test(response.fields)) {
        response.body = text;
        text = '';
      } else if (response.status !== 417) {
        // The server's own word on what a request expects may be for a HEAD.
        throw new Error('a body without length');
      }
    }
    all.push(response);
  }
  return all;
}

function check(wire) {
  if (!wire.destroyed && !wire.writableFinished) throw new Error('left standing');
  if (wire.handed) return;
  const finals = parse(wire.sent, wire.answered).filter(({ final }) => final);
  finals.forEach(({ status, fields }, index) => {
    const number = /^x-number: (\d+)\r$/m.exec(fields)?.[1];
    if (number === undefined ? status < 400 : Number(number) > index) throw new Error('out of order');
    if (number === undefined && status !== 417 && index < finals.length - 1) throw new Error('a response behind a refusal');
  });
  // One for each that a listener or the server itself has answered, and one for what was no request.
  const own = finals.filter(({ fields }) => /^x-number: /m.test(fields)).length;
  if (own > wire.answered.length) throw new Error('two responses for one request');
}

function agree(whole, pieces) {
  const [a, b] = [whole, pieces].map(({ heads }) => heads.map(({ text }) => text));
  // Behind the last response of a connection more is read in one packet than in two.
  const closed = (wire) => /\r\nconnection: close\r\n/i.test(wire.sent) || wire.handed;
  const common = Math.min(a.length, b.length);
  for (let index = 0; index < common; index++) {
    if (a[index] !== b[index]) throw new Error(`a request in pieces differs: ${a[index]} and ${b[index]}`);
    const [one, other] = [whole.heads[index], pieces.heads[index]];
    if (one.end && other.end && one.body !== other.body) throw new Error('a body in pieces differs');
  }
  if (a.length !== b.length && !closed(whole) && !closed(pieces)) throw new Error(`${a.length} requests whole, ${b.length} in pieces`);
  if (`${whole.codes}` !== `${pieces.codes}` && !closed(whole) && !closed(pieces)) throw new Error(`${whole.codes} whole, ${pieces.codes} in pieces`);
}

// ---- rounds

const TOGETHER = 50;
const end = Date.now() + seconds * 1000;
let runs = 0;
let failures = 0;

function failed(error, input) {
  failures++;
  console.log(`FAILED run ${runs} seed ${seed}: ${error.message}\n  ${JSON.stringify(input)}`);
  if (process.env.OURO_FUZZ_FAILED) fs.writeFileSync(path.join(process.env.OURO_FUZZ_FAILED, `${seed}-${runs}-${failures}`), input.text, 'latin1');
  process.exitCode = 1;
}

process.on('uncaughtException', (error) => {
  console.log('uncaught', error);
  console.log(JSON.stringify(inputs.map(({ text }) => text)));
  process.exit(1);
});

let inputs = [];
function round() {
  inputs = [];
  for (let count = 0; count < TOGETHER; count++) {
    const text = mutate(pick(seeds));
    const manner = { way: below(8) };
    const which = below(servers.length);
    const pieces = cut(text);
    inputs.push({ text, manner, which, pieces, wires: [new Wire([text], manner), new Wire(pieces, manner)] });
  }
  for (const { wires, which } of inputs) {
    for (const wire of wires) {
      wire.on('error', () => {});
      servers[which].emit('connection', wire);
    }
  }
  let idle = 0;
  (function turn() {
    let busy = false;
    for (const { wires } of inputs) for (const wire of wires) if (!wire.step()) busy = true;
    idle = busy ? 0 : idle + 1;
    if (idle < 6) setImmediate(turn);
    else finish();
  })();
}

function finish() {
  for (const { text, manner, which, pieces, wires: [whole, cutUp] } of inputs) {
    runs++;
    try {
      check(whole);
      check(cutUp);
      agree(whole, cutUp);
    } catch (error) {
      failed(error, { text, manner, which, pieces: pieces.map(({ length }) => length) });
    }
    if (log) console.log(JSON.stringify([text, which, manner.way, whole.heads.map((head) => head.text), whole.codes, whole.sent.match(/HTTP\/1\.1 \d+/g)]));
    whole.destroy();
    cutUp.destroy();
  }
  if (Date.now() < end && failures < 20) round();
  else console.log(`${runs} inputs, ${failures} failures, seed ${seed}`);
}

round();
