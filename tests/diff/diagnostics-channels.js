// The channels of the runtime's own modules: what is told, in which order, and in whose context.
const channels = require('diagnostics_channel');
const { AsyncLocalStorage } = require('async_hooks');
const { spawn } = require('child_process');
const http = require('http');
const net = require('net');

const log = [];
const kind = (value) => (value instanceof Error ? 'Error' : value?.constructor?.name ?? typeof value);
const names = [
  'http.client.request.start', 'http.client.request.error', 'http.client.response.finish', 'http.server.request.start',
  'http.server.response.finish', 'net.client.socket', 'child_process',
];
const told = (message, name) => log.push(`${name}: ${Object.entries(message).map(([key, value]) => `${key} ${kind(value)}`).join(', ')}`);
for (const name of names) channels.subscribe(name, told);
const listening = {};
for (const event of ['asyncStart', 'asyncEnd', 'error']) listening[event] = (message) => told(message, event);
channels.tracingChannel('net.server.listen').subscribe(listening);

const storage = new AsyncLocalStorage();
channels.subscribe('http.server.request.start', () => storage.enterWith('of the request'));
const server = http.createServer((req, res) => {
  log.push(`the listener is in ${storage.getStore()}`);
  setTimeout(() => { log.push(`the answer is in ${storage.getStore()}`); res.end('x'); }, 1);
});
server.listen(0, () => {
  http.get({ port: server.address().port, agent: false }, (res) => res.resume().on('end', () => server.close(failing)));
});
function failing() {
  const taken = net.createServer().listen(0, () => {
    const second = net.createServer().on('error', () => {
      taken.close();
      http.get({ port: 1, host: '127.0.0.1' }).on('error', () => spawn(process.execPath, ['-e', '0']).on('close', over));
    }).listen(taken.address().port);
  });
}
function over() {
  for (const name of names) console.log(channels.unsubscribe(name, told), channels.unsubscribe(name, told));
  channels.tracingChannel('net.server.listen').unsubscribe(listening);
  console.log(log.filter((line) => line.startsWith('http') || line.startsWith('the ')).join('\n'));
  console.log(log.filter((line) => !line.startsWith('http') && !line.startsWith('the ')).map((line) => line.split(',')[0]).join('\n'));
  net.createServer().listen(0, function() { this.close(() => console.log(log.length)); });
}
