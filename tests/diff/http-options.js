// Node: 24
// Options of http that decide about whole requests: upgrades, empty requests, unique headers, proxies of the environment.
'use strict';
const http = require('http');
const { once } = require('events');

const log = console.log;
const listen = async (server) => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server.address().port;
};
const stop = async (server) => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
};
const textOf = async (res) => {
  let text = '';
  for await (const chunk of res.setEncoding('utf8')) text += chunk;
  return text;
};

const bad = [
  { headersTimeout: 'x' }, { requestTimeout: -1 }, { keepAliveTimeoutBuffer: -1 }, { connectionsCheckingInterval: 'a' },
  { maxHeaderSize: 1.5 }, { insecureHTTPParser: 1 }, { shouldUpgradeCallback: 1 }, { optimizeEmptyRequests: 1 },
  { headersTimeout: 10, requestTimeout: 5 },
];
for (const options of bad) {
  try {
    log(typeof http.createServer(options));
  } catch (error) {
    log(error.code, error.message);
  }
}
log(typeof http.createServer().shouldUpgradeCallback);
const agent = new http.Agent({ defaultPort: 81, protocol: 'x:' });
log(agent.defaultPort, agent.protocol);

async function upgrades(decide) {
  const server = http.createServer(decide ? { shouldUpgradeCallback: decide } : {}, (req, res) => {
    log('plain', req.upgrade);
    res.end('x');
  });
  server.on('upgrade', (req, socket) => {
    log('upgrade', req.url, req.upgrade);
    socket.end('HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
  });
  const port = await listen(server);
  const headers = { Connection: 'upgrade', Upgrade: 'x' };
  const req = http.get({ port, host: '127.0.0.1', headers, agent: false });
  await new Promise((resolve) => {
    req.on('upgrade', (res, socket) => {
      log('upgraded', res.statusCode);
      socket.destroy();
      resolve();
    });
    req.on('response', (res) => {
      log('answered', res.statusCode);
      res.resume().on('end', resolve);
    });
  });
  await stop(server);
}

async function emptyRequests() {
  const server = http.createServer({ optimizeEmptyRequests: true }, (req, res) => {
    req.on('end', () => log('end', req.method));
    log(req.method, req.readableEnded, req.readable);
    req.resume();
    setImmediate(() => res.end('x'));
  });
  const port = await listen(server);
  for (const method of ['GET', 'POST']) {
    const req = http.request({ port, host: '127.0.0.1', method, agent: false });
    req.end(method === 'POST' ? 'body' : undefined);
    const [res] = await once(req, 'response');
    log(await textOf(res));
  }
  await stop(server);
}

async function uniqueHeaders() {
  const server = http.createServer({ uniqueHeaders: ['x-multi'], joinDuplicateHeaders: true }, (req, res) => {
    log(req.headers['x-a'], req.headers.age, req.headersDistinct['x-a'], req.headers.cookie);
    res.setHeader('X-Multi', ['a', 'b']);
    res.setHeader('x-two', ['a', 'b']);
    res.end('x');
  });
  const port = await listen(server);
  const headers = { 'x-a': ['1', '2'], 'age': ['3', '4'], 'cookie': ['p=1', 'q=2'] };
  const req = http.get({ port, host: '127.0.0.1', agent: false, uniqueHeaders: ['x-a', 'cookie'], headers });
  const [res] = await once(req, 'response');
  log(res.rawHeaders.slice(0, 6).join());
  log(await textOf(res));
  await stop(server);
}

async function proxies() {
  const hide = (text) => text.replace(/:\d+/, ':PORT');
  const proxy = http.createServer((req, res) => {
    const { host, connection } = req.headers;
    log(req.method, hide(req.url), hide(host), req.headers['proxy-connection'], req.headers['proxy-authorization'], connection);
    res.end('by proxy');
  });
  const server = http.createServer((req, res) => res.end('direct'));
  const at = `127.0.0.1:${await listen(proxy)}`;
  const port = await listen(server);
  const environments = [
    { HTTP_PROXY: `http://u:p%20w@${at}` },
    { http_proxy: `http://${at}`, NO_PROXY: '127.0.0.1' },
    { HTTP_PROXY: `http://${at}`, no_proxy: '.local,*.x,127.0.0.1:1' },
    { HTTP_PROXY: `http://${at}`, no_proxy: ' 127.0.0.0-127.0.0.9 ' },
    { HTTP_PROXY: `http://${at}`, no_proxy: '*' },
    { HTTPS_PROXY: `http://${at}` },
    { HTTP_PROXY: 'not a url' },
  ];
  for (const proxyEnv of environments) {
    for (const keepAlive of [false, true]) {
      const agent = new http.Agent({ proxyEnv, keepAlive });
      const req = http.get({ port, host: '127.0.0.1', agent, path: '/p?q=1' });
      const [res] = await once(req, 'response');
      log(await textOf(res), hide(req.path));
      agent.destroy();
    }
  }
  const restore = http.setGlobalProxyFromEnv({ http_proxy: `http://${at}` });
  const [first] = await once(http.get({ port, host: '127.0.0.1' }), 'response');
  log(await textOf(first));
  http.globalAgent.destroy();
  restore();
  const [second] = await once(http.get({ port, host: '127.0.0.1', agent: false }), 'response');
  log(await textOf(second));
  await stop(server);
  await stop(proxy);
}

(async () => {
  await upgrades();
  await upgrades(() => true);
  await upgrades((req) => req.url !== '/');
  await emptyRequests();
  await uniqueHeaders();
  await proxies();
})();
