// A page for a real browser: a hundred resources over keep-alive, an EventSource stream and a form upload. The page reports what it
// got, the server prints the report and how many connections all of that took.
'use strict';

const http = require('http');

const RESOURCES = 100;
const connections = new Set();
let requests = 0;

const page = `<!doctype html><title>ouro</title>
<form id=form enctype="multipart/form-data"><input name=text value="a &amp; b"><input name=file type=file></form>
${Array.from({ length: RESOURCES / 2 }, (_, i) => `<img src="/image/${i}.svg">`).join('\n')}
<script>
const report = { images: 0, scripts: 0, events: [], upload: null };
window.loaded = () => report.scripts++;
</script>
${Array.from({ length: RESOURCES / 2 }, (_, i) => `<script src="/script/${i}.js"></script>`).join('\n')}
<script>
const events = new Promise((resolve, reject) => {
  const source = new EventSource('/events');
  source.onmessage = ({ data }) => { report.events.push(data); };
  source.addEventListener('last', ({ data, lastEventId }) => {
    report.events.push(data + ' ' + lastEventId);
    source.close();
    resolve();
  });
  source.onerror = () => reject(new Error('EventSource'));
});
const upload = async () => {
  const form = new FormData(document.getElementById('form'));
  form.set('file', new Blob(['0123456789'.repeat(100000)], { type: 'text/plain' }), 'numbers.txt');
  const response = await fetch('/upload', { method: 'POST', body: form });
  report.upload = await response.json();
};
window.onload = async () => {
  try {
    await Promise.all([events, upload()]);
    report.images = [...document.images].filter((image) => image.complete && image.naturalWidth > 0).length;
  } catch (error) {
    report.error = String(error);
  }
  await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
};
</script>`;

const image = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';

/** The parts of a multipart body: names, file names and lengths. */
function parts(body, type) {
  const boundary = /boundary=([^;]+)/.exec(type)[1];
  return body.toString('latin1').split(`--${boundary}`).slice(1, -1).map((part) => {
    const split = part.indexOf('\r\n\r\n');
    const head = part.slice(0, split);
    return { name: /name="([^"]*)"/.exec(head)[1], file: /filename="([^"]*)"/.exec(head)?.[1], length: part.length - split - 6 };
  });
}

function read(req, callback) {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => callback(Buffer.concat(chunks)));
}

const server = http.createServer((req, res) => {
  requests++;
  connections.add(req.socket);
  if (req.url === '/') {
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.end(page);
  } else if (req.url.startsWith('/image/')) {
    res.writeHead(200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'no-store' });
    res.end(image);
  } else if (req.url.startsWith('/script/')) {
    res.writeHead(200, { 'Content-Type': 'text/javascript' });
    // Some of them in pieces.
    res.write('window.loaded');
    setImmediate(() => res.end('();'));
  } else if (req.url === '/events') {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    let count = 0;
    const timer = setInterval(() => {
      if (++count < 5) res.write(`data: event ${count}\n\n`);
      else if (count === 5) res.write('event: last\nid: 7\ndata: over\n\n');
    }, 10);
    res.on('close', () => clearInterval(timer));
  } else if (req.url === '/upload') {
    read(req, (body) => {
      res.setHeader('Content-Type', 'application/json');
      res.end(JSON.stringify(parts(body, req.headers['content-type'])));
    });
  } else if (req.url === '/report') {
    read(req, (body) => {
      res.end();
      console.log(JSON.stringify({ ...JSON.parse(body), requests, connections: connections.size }));
    });
  } else {
    res.writeHead(404);
    res.end();
  }
});
server.listen(process.env.PORT ?? 0, '127.0.0.1', () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}/`);
});
