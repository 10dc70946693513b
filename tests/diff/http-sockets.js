// Node: 24
// The sockets of an HTTP server, where a program listens to them, pushes into them, or brings its own.
'use strict';
const http = require('http');
const net = require('net');

const steps = [];
const step = (name, act) => steps.push(async () => {
  const lines = [];
  await act((...words) => lines.push(words.join(' ')));
  for (const line of lines) console.log(`${name}: ${line}`);
});
const listen = (server) => new Promise((done) => server.listen(0, () => done(server.address().port)));
const closed = (emitter) => new Promise((done) => emitter.once('close', done));
const head = (path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

for (const method of ['on', 'addListener', 'prependListener']) {
  step(`raw bytes by ${method}`, async (say) => {
    let raw = '';
    const server = http.createServer((req, res) => {
      say(req.url, req.socket.listenerCount('data'), req.socket.readableFlowing);
      if (req.url === '/1') req.socket[method]('data', (chunk) => { raw += chunk; });
      res.end();
    });
    const client = net.connect(await listen(server), () => client.write(head('/1')));
    client.once('data', () => client.end(head('/2')));
    await closed(client.on('data', () => {}));
    say(JSON.stringify(raw));
    server.close();
    await closed(server);
  });
}

step('a paused socket', async (say) => {
  const server = http.createServer((req, res) => {
    const { socket } = req;
    res.end();
    say(req.url);
    if (req.url !== '/1') return;
    socket.once('data', () => {
      say('paused');
      socket.pause();
      setTimeout(() => socket.resume(), 20);
    });
  });
  const client = net.connect(await listen(server), () => client.write(head('/1')));
  client.once('data', () => {
    client.write(head('/2'));
    setTimeout(() => client.end(head('/3')), 5);
  });
  await closed(client.on('data', () => {}));
  server.close();
  await closed(server);
});

step('bytes read before', async (say) => {
  const server = http.createServer((req, res) => {
    say(req.method, req.url);
    res.end();
  });
  const front = net.createServer((socket) => {
    socket.once('readable', () => {
      socket.unshift(socket.read(2));
      server.emit('connection', socket);
    });
  });
  const client = net.connect(await listen(front), () => client.end(head('/early')));
  await closed(client.resume());
  front.close();
  await closed(front);
});

step('bytes pushed', async (say) => {
  const server = http.createServer((req, res) => {
    say(req.url);
    res.end();
  });
  server.on('connection', (socket) => socket.push(head('/pushed')));
  const client = net.connect(await listen(server));
  client.once('data', () => client.end());
  await closed(client);
  server.close();
  await closed(server);
});

step('bad requests, and a program that goes on', async (say) => {
  const server = http.createServer();
  let client;
  let left = 3;
  server.on('clientError', (err, socket) => {
    say(err.code, String(err.rawPacket), socket.destroyed);
    if (left-- > 0) client.write(`*${left}`);
    else client.end();
  });
  client = net.connect(await listen(server), () => client.write('*'));
  await closed(client.resume());
  server.close();
  await closed(server);
});

step('what stands for the parser', async (say) => {
  const server = http.createServer((req, res) => {
    const { parser } = req.socket;
    say(parser.incoming === req, parser.socket === req.socket);
    const { free } = parser;
    parser.free = function() {
      say('free');
      return free?.apply(this, arguments);
    };
    res.setHeader('Connection', 'close');
    res.end();
  });
  const client = net.connect(await listen(server), () => client.write(head('/')));
  await closed(client.resume());
  server.close();
  await closed(server);
});

step('a body that nobody reads', async (say) => {
  const server = http.createServer((req, res) => {
    req.pause();
    req.on('data', () => say('never'));
    req.on('resume', () => say('resume', req.listenerCount('data')));
    req.on('end', () => say('end'));
    res.end();
  });
  const port = await listen(server);
  // The body comes once the response is there, or is too late for that.
  const req = http.request({ port, method: 'POST', agent: false }, (res) => res.resume().on('end', () => req.end('body')));
  req.on('error', () => {});
  req.flushHeaders();
  await closed(req);
  server.close();
  await closed(server);
});

step('what waits', async (say) => {
  const server = http.createServer((req, res) => {
    say(res.writableLength);
    res.write('');
    const before = res.writableLength;
    res.write('abc');
    say(res.writableLength - before);
    process.nextTick(() => say('next tick', res.writableLength));
    res.on('finish', () => say('finish', res.writableLength));
    setImmediate(() => res.end());
  });
  const port = await listen(server);
  await closed(http.get({ port, agent: false }, (res) => res.resume()));
  server.close();
  await closed(server);
});

step('agents with a limit over all hosts', async (say) => {
  const agent = new http.Agent({ keepAlive: true, maxTotalSockets: 2, maxSockets: 3 });
  const servers = [0, 1].map(() => http.createServer((req, res) => res.end(req.url)));
  let most = 0;
  const ended = [];
  for (const server of servers) {
    const port = await listen(server);
    for (let i = 0; i < 6; i++) {
      ended.push(new Promise((done) => http.get({ port, agent, path: `/${i}` }, (res) => {
        const busy = Object.values(agent.sockets).reduce((sum, list) => sum + list.length, 0);
        most = Math.max(most, busy);
        res.resume().on('end', done);
      })));
    }
  }
  await Promise.all(ended);
  say(ended.length, most <= 2, Object.keys(agent.requests).length);
  agent.destroy();
  for (const server of servers) server.close();
});

step('the timer of deadlines', async (say) => {
  const { kConnectionsCheckingInterval: key } = require('_http_server');
  const server = http.createServer();
  say(server[key]);
  await listen(server);
  const timer = server[key];
  say(timer._destroyed);
  server.close();
  say(timer._destroyed, server[key] === timer);
});

(async () => {
  for (const run of steps) await run();
})();
