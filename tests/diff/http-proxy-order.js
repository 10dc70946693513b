'use strict';
// What: the order of events of what goes through a proxy, and who listens meanwhile, seen by `emit` and by listeners.
const http = require('http');
const text = 'x'.repeat(1024);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
function spy(name, emitter, log) {
  const emit = emitter.emit;
  emitter.emit = function (event, ...args) {
    log.push(`${name} ${String(event)}`);
    return emit.call(this, event, ...args);
  };
}
// Node listens for 'finish' itself, where we needn't.
const names = (emitter) => emitter.eventNames().filter((name) => name !== 'finish')
  .map((name) => `${String(name)}:${emitter.listenerCount(name)}`).sort().join(' ');
const origin = http.createServer((req, res) => {
  req.resume();
  res.setHeader('Content-Type', 'text/plain');
  res.end(text);
});
const rounds = [];
const proxy = http.createServer((req, res) => {
  const log = [];
  rounds.push(log);
  const watched = req.headers['x-spy'] === '1';
  const { method, url, headers } = req;
  const { port } = origin.address();
  const forwarded = http.request({ host: '127.0.0.1', port, method, path: url, headers, agent });
  if (watched) {
    spy('req', req, log);
    spy('res', res, log);
    spy('forwarded', forwarded, log);
  }
  forwarded.on('response', (answer) => {
    if (watched) spy('answer', answer, log);
    res.writeHead(answer.statusCode, answer.headers);
    log.push(`before ${names(answer)} | ${names(res)}`);
    answer.pipe(res);
    log.push(`after ${names(answer)} | ${names(res)}`);
    answer.on('end', () => log.push(`at end ${names(answer)} | ${names(res)}`));
    answer.on('close', () => log.push(`at close ${names(answer)} | ${names(res)}`));
    res.on('finish', () => log.push(`at finish ${names(answer)} | ${names(res)}`));
    res.on('unpipe', () => log.push(`at unpipe ${names(answer)} | ${names(res)}`));
    res.on('close', () => {
      const { destroyed, readableFlowing, readableEnded, closed } = req;
      log.push(`at res close ${names(res)} | ${names(req)} | ${names(forwarded)}`,
        `${destroyed} ${readableFlowing} ${readableEnded} ${closed}`);
    });
  });
  forwarded.on('socket', (socket) => {
    log.push(`socket ${names(socket)}`);
    socket.once('free', () => log.push(`free ${names(socket)}`));
  });
  forwarded.on('finish', () => log.push(`forwarded finish ${names(forwarded)} | ${names(req)}`));
  forwarded.on('close', () => log.push(`forwarded close ${names(forwarded)} | ${names(req)}`));
  req.pipe(forwarded);
  log.push(`piped ${names(forwarded)} | ${names(req)}`);
});
function ask(options, body) {
  return new Promise((resolve) => {
    const request = http.request({ port: proxy.address().port, agent: client, ...options }, (response) => {
      let length = 0;
      response.on('data', (chunk) => { length += chunk.length; });
      response.on('end', () => setTimeout(resolve, 20, length));
    });
    request.end(body);
  });
}
const client = new http.Agent({ keepAlive: true });
origin.listen(0, '127.0.0.1', () => proxy.listen(0, '127.0.0.1', async () => {
  for (const spied of ['0', '1']) {
    console.log(await ask({ headers: { 'x-spy': spied } }));
    console.log(await ask({ method: 'POST', headers: { 'x-spy': spied } }, 'hello'));
    console.log(await ask({ method: 'POST', headers: { 'x-spy': spied, 'content-length': 5 } }, 'hello'));
  }
  for (const log of rounds) console.log(`--\n${log.join('\n')}`);
  for (const each of [agent, client]) each.destroy();
  for (const each of [origin, proxy]) each.close();
}));
