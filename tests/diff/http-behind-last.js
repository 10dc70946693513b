// Requests that come behind one that closes the connection: seen or not as the parser is lenient, and never answered.
const http = require('http');
const net = require('net');

const requests = 'GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  + 'GET /b HTTP/1.1\r\nHost: a\r\n\r\n'
  + 'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';

// How the listener answers: at once, after the body, in the order of arrival or in the reverse one.
const manners = {
  atOnce: (req, res) => res.end(req.url),
  afterBody(req, res) {
    req.resume().on('end', () => {
      res.write('1');
      res.end(req.url);
    });
  },
  reversed(req, res) {
    setTimeout(() => {
      res.write('1');
      res.end(req.url);
    }, req.url === '/a' ? 40 : 5);
  },
};

function ask(manner, insecureHTTPParser, next) {
  const seen = [];
  const server = http.createServer({ insecureHTTPParser }, (req, res) => {
    seen.push(req.url);
    res.on('error', (error) => seen.push(error.code));
    manners[manner](req, res);
  });
  server.listen(0, () => {
    let text = '';
    const socket = net.connect(server.address().port, () => socket.write(requests));
    socket.setEncoding('latin1').on('data', (chunk) => { text += chunk; });
    socket.on('close', () => {
      console.log(manner, insecureHTTPParser, seen.join(), JSON.stringify(text.replace(/Date: .*\r\n/g, '')));
      server.close(next);
    });
  });
}

const cases = Object.keys(manners).flatMap((manner) => [[manner, false], [manner, true]]);
(function next() {
  const one = cases.shift();
  if (one !== undefined) ask(...one, next);
})();
