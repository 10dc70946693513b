// A response that was ended is sent, whatever becomes of the process after that, and while it waits for another one.
const { execFileSync, fork } = require('child_process');
const http = require('http');
const net = require('net');

const ends = {
  exit: () => process.exit(0),
  reallyExit: () => process.reallyExit(0),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  throws: () => { throw new Error('on purpose'); },
  child: () => execFileSync(process.execPath, ['-e', 'setTimeout(() => {}, 300)']),
};

if (process.argv[2] === 'server') {
  const server = http.createServer((req, res) => {
    res.end(req.url);
    const act = ends[req.url.slice(1)];
    if (act) act();
  });
  server.listen(0, () => process.send(server.address().port));
} else {
  const names = Object.keys(ends);
  (function next() {
    const name = names.shift();
    if (name === undefined) return;
    const child = fork(__filename, ['server'], { silent: true });
    child.on('message', (port) => {
      // All of these are there when the server first looks; the last one's listener ends the process.
      const paths = ['/a', '/b', '/c', `/${name}`];
      const texts = paths.map(() => '');
      let open = paths.length;
      let connected = 0;
      const sockets = paths.map((path, index) => {
        const socket = net.connect(port, () => {
          connected += 1;
          if (connected < paths.length) return;
          setTimeout(() => sockets.forEach((one, at) => one.write(`GET ${paths[at]} HTTP/1.1\r\nHost: a\r\n\r\n`)), 50);
        });
        socket.setEncoding('latin1').on('data', (text) => {
          texts[index] += text;
          if (name === 'child' && texts.every((one) => one !== '')) child.kill('SIGKILL');
        });
        socket.on('error', () => {});
        socket.on('close', () => {
          open -= 1;
          if (open === 0) {
            console.log(name, texts.map((one) => one.split('\r\n').at(-1)));
            next();
          }
        });
        return socket;
      });
    });
  })();
}
