'use strict';

// Addresses are read where they stand, whatever the string is made of.

const addresses = [
  'http://example.com', 'http://example.com/', 'https://user:secret@sub.example.com:8080/p/a/t/h?query=string#hash',
  'https://user@example.com/', 'https://user:@example.com/', 'https://a.b-c~d@example.com/', 'https://example.com:443/x',
  'https://example.com:80/x', 'file:///home/user/notes.txt', 'https://example.org/path/../other/./x?y=1&z=2',
  'https://example.org/.well-known/x', 'https://example.org/%2e%2e/x', 'https://example.org/a/%2E', 'https://example.org//a//',
  'https://example.org/?', 'https://example.org/#', 'https://example.org?q#h', 'https://example.org#h?q',
  'https://example.org/a b', 'https://example.org/ä', 'https://exämple.org/', 'https://EXAMPLE.org/', 'http://1.2.3.4/', 'http://1.2.3/x',
  'https://example.org/世界', 'ws://host/x', 'ftp://host/a;b', 'mailto:someone', 'https://', 'https://ho~st/', 'no address',
  `https://example.org/${'long/'.repeat(60)}x`,
];

const kinds = {
  literal: (text) => text,
  slice: (text) => `before ${text} behind`.slice(7, 7 + text.length),
  decoded: (text) => Buffer.from(text).toString(),
  joined: (text) => [text.slice(0, 9), text.slice(9)].join(''),
  boxed: (text) => new String(text),
  array: (text) => [text],
};

for (const address of addresses) {
  const results = new Set();
  for (const [kind, make] of Object.entries(kinds)) {
    const input = make(address);
    let result;
    try {
      const url = new URL(input);
      const { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
      result = JSON.stringify({ href, origin, protocol, username, password, host, hostname, port, pathname, search, hash });
      if (URL.parse(input).href !== href || !URL.canParse(input)) result += ` differs: ${kind}`;
      if (new URL(input, undefined).href !== href) result += ' differs with undefined';
    } catch (error) {
      result = `${error.code} ${error.input}`;
      if (URL.canParse(input)) result += ` differs: ${kind}`;
    }
    results.add(result);
  }
  console.log(...results);
}

for (const args of [[], [undefined], [null], [{}], [Symbol('x')]]) {
  try {
    console.log(new URL(...args).href);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
const getHref = Object.getOwnPropertyDescriptor(URL.prototype, 'href').get;
const getSearch = Object.getOwnPropertyDescriptor(URL.prototype, 'search').get;
const getHost = Object.getOwnPropertyDescriptor(URL.prototype, 'host').get;
for (const get of [getHref, getSearch, getHost]) {
  for (const receiver of [{}, 1]) {
    try {
      console.log(get.call(receiver));
    } catch (error) {
      console.log(error.name, error.message);
    }
  }
}
