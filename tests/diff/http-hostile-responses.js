// Node: 24
// What a client makes of each response of lib/http-responses.js, sent whole and byte by byte: what its listeners saw (in brackets), behind
// `|` what it saw when the server then ended the connection, and at last whether the connection would have served another request.
// Nothing waits for time to pass: the client has read all that was sent when its socket's `bytesRead` says so.
'use strict';
const http = require('http');
const net = require('net');

const TURNS = 6;
const AT_ONCE = 32;

function short(text) {
  text = String(text);
  const shown = text.length > 60 ? `${text.slice(0, 20)}…(${text.length})` : text;
  return JSON.stringify(shown).slice(1, -1).replace(/[\x7f-\xff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
}

const list = (raw) => (raw.length > 24 ? `${raw.length / 2} fields` : raw.map(short).join(','));
const describe = (res) => `${res.statusCode} "${short(res.statusMessage)}" ${res.httpVersion} {${list(res.rawHeaders)}}`;

function turns(count, callback) {
  if (count === 0) callback();
  else setImmediate(turns, count - 1, callback);
}

function attempt({ method, options }, pieces, done) {
  const verdict = [];
  const saw = (text) => verdict.push(`[${text}]`);
  let socket;
  let far;
  let sent = 0;
  let free = false;
  let where;
  const server = net.createServer((connection) => {
    far = connection;
    connection.setNoDelay(true);
    connection.on('error', () => {});
    let head = '';
    connection.on('data', (chunk) => {
      const before = head.includes('\r\n\r\n');
      head += chunk;
      if (!before && head.includes('\r\n\r\n')) send(0);
    });
  });
  const read = () => socket.destroyed || socket.bytesRead >= sent;
  const settled = (callback) => (read() ? turns(TURNS, callback) : setImmediate(settled, callback));

  function send(index) {
    if (index < pieces.length && !far.destroyed) {
      sent += pieces[index].length;
      far.write(pieces[index], 'latin1');
      const next = () => (read() ? send(index + 1) : setImmediate(next));
      next();
      return;
    }
    settled(() => {
      const again = http.request(where);
      again.on('error', () => {});
      free = again.reusedSocket;
      again.destroy();
      verdict.push('|');
      far.end();
      const closed = () => (socket.destroyed || left-- < 0 ? turns(TURNS, finish) : setImmediate(closed));
      let left = 50;
      closed();
    });
  }

  function finish() {
    server.close();
    far.destroy();
    socket.destroy();
    agent.destroy();
    turns(TURNS, () => {
      const text = verdict.join(' ').replace(/ \|$/, '');
      done(`${text || '-'}${free ? ' kept' : ''}`);
    });
  }

  const agent = new http.Agent({ keepAlive: true });
  server.listen(0, '127.0.0.1', () => {
    where = { port: server.address().port, host: '127.0.0.1', method, path: method === 'CONNECT' ? 'a:80' : '/', agent, ...options };
    const req = http.request(where);
    req.on('socket', (s) => { socket = s; });
    req.on('information', (info) => saw(`information ${info.statusCode} ${info.statusMessage} {${list(info.rawHeaders)}}`));
    req.on('continue', () => saw('continue'));
    req.on('error', (error) => saw(`error ${error.code}: ${error.reason ?? error.message}`));
    for (const event of ['upgrade', 'connect']) {
      req.on(event, (res, s, head) => {
        saw(`${event} ${describe(res)} + "${head.toString('latin1')}"`);
        s.on('error', () => {});
      });
    }
    req.on('response', (res) => {
      saw(describe(res));
      let body = '';
      res.setEncoding('latin1');
      res.on('data', (text) => { body += text; });
      res.on('error', (error) => saw(`response error ${error.code}: ${error.reason ?? error.message}`));
      res.on('end', () => {
        const trailers = res.rawTrailers.length > 0 ? ` {${list(res.rawTrailers)}}` : '';
        saw(`end "${short(body)}"${trailers}`);
      });
      res.on('close', () => { if (!res.complete) saw(`incomplete "${short(body)}"`); });
    });
    req.end();
  });
}

function cut(bytes) {
  const size = bytes.length > 1000 ? 997 : 1;
  const all = [];
  for (let at = 0; at < bytes.length; at += size) all.push(bytes.slice(at, at + size));
  return all;
}

async function verdicts(group, pieces) {
  const all = new Array(group.responses.length);
  let next = 0;
  const worker = async () => {
    while (next < all.length) {
      const index = next++;
      all[index] = await new Promise((resolve) => attempt(group, pieces(group.responses[index].bytes), resolve));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return all;
}

async function main() {
  const only = process.env.OURO_HOSTILE;
  for (const group of require('./lib/http-responses.js')) {
    if (only && !group.name.includes(only)) continue;
    const whole = await verdicts(group, (text) => [text]);
    const bytes = await verdicts(group, cut);
    console.log(`\n# ${group.name} (${group.method})`);
    group.responses.forEach(({ label }, index) => {
      console.log(short(label));
      console.log(`  ${whole[index]}`);
      if (bytes[index] !== whole[index]) console.log(`  in bytes: ${bytes[index]}`);
    });
  }
}

main();
