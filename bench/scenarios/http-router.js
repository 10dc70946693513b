// What: a router: five routes, query strings, JSON bodies both ways
// Group: http
// Measure: server
// Request: GET /
// Answer: {"name":"books","version":3}
// Request: GET /books?author=Le%20Guin&limit=2
// Answer: [{"id":1,"title":"A Wizard of Earthsea","author":"Le Guin"},{"id":2,"title":"The Dispossessed","author":"Le Guin"}]
// Request: GET /books/3
// Answer: {"id":3,"title":"Solaris","author":"Lem"}
// Request: POST /books {"title":"Roadside Picnic","author":"Strugatsky"}
// Answer: {"id":5,"title":"Roadside Picnic","author":"Strugatsky"}
// Request: PUT /books/4 {"title":"Fiasco"}
// Answer: {"id":4,"title":"Fiasco","author":"Lem"}
'use strict';

const http = require('http');

// Nothing is kept of what is added or changed, so that each request has the same answer.
const books = [
  { id: 1, title: 'A Wizard of Earthsea', author: 'Le Guin' },
  { id: 2, title: 'The Dispossessed', author: 'Le Guin' },
  { id: 3, title: 'Solaris', author: 'Lem' },
  { id: 4, title: 'The Cyberiad', author: 'Lem' },
];

const routes = [
  { method: 'GET', pattern: /^\/$/, handle: about },
  { method: 'GET', pattern: /^\/books$/, handle: list },
  { method: 'GET', pattern: /^\/books\/(\d+)$/, handle: show },
  { method: 'POST', pattern: /^\/books$/, handle: add },
  { method: 'PUT', pattern: /^\/books\/(\d+)$/, handle: change },
];

function about() {
  return { name: 'books', version: 3 };
}

function list({ query }) {
  const author = query.get('author');
  const limit = Number(query.get('limit') ?? 10);
  return books.filter((book) => author === null || book.author === author).slice(0, limit);
}

function show({ id }) {
  return books.find((book) => book.id === id);
}

async function add({ req }) {
  return { id: books.length + 1, ...(await json(req)) };
}

async function change({ req, id }) {
  return { ...show({ id }), ...(await json(req)) };
}

async function json(req) {
  let text = '';
  for await (const chunk of req) text += chunk;
  return JSON.parse(text);
}

async function answer(req) {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost');
  for (const { method, pattern, handle } of routes) {
    const match = method === req.method && pattern.exec(pathname);
    if (match) return handle({ req, query: searchParams, id: Number(match[1]) });
  }
  return undefined;
}

const server = http.createServer(async (req, res) => {
  try {
    const value = await answer(req);
    res.writeHead(value === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
    res.end(JSON.stringify(value ?? { error: 'not found' }));
  } catch (error) {
    res.writeHead(400, { 'Content-Type': 'application/json' });
    res.end(JSON.stringify({ error: error.message }));
  }
});

server.listen(process.env.PORT || 0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/`);
});
