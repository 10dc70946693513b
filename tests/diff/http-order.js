// Node: 24
const http = require('http');
const log = (...args) => console.log(...args);
const server = http.createServer((req, res) => {
  log(req.method, req.url, req.httpVersion, req.headers['x-a'], req.complete);
  let body = '';
  req.setEncoding('utf8');
  req.on('data', (text) => { body += text; });
  req.on('end', () => {
    log('body', body, req.complete);
    res.setHeader('X-Reply', ['1', '2']);
    res.writeHead(201, { 'Content-Type': 'text/plain' });
    log(res.headersSent, res.statusCode, res.getHeader('x-reply'), res.getHeaderNames(), res.writableEnded);
    res.write('part 1 ');
    res.end('part 2', () => log('end callback'));
  });
  res.on('finish', () => log('finish', res.writableFinished));
  res.on('close', () => log('close', res.destroyed));
});
server.listen(0, () => {
  const req = http.request({ port: server.address().port, method: 'POST', path: '/p?q=1', headers: { 'X-A': 'b' }, agent: false }, (res) => {
    const { date, ...headers } = res.headers;
    log(res.statusCode, res.statusMessage, headers, typeof date);
    res.on('data', (chunk) => log('data', String(chunk)));
    res.on('end', () => { log('response end', res.complete); server.close(() => log('server closed')); });
  });
  req.on('finish', () => log('request finish'));
  req.end('posted');
});
