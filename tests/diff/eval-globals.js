// What code of -e and -p finds without requiring it, and what a script doesn't.
const { execFileSync } = require('child_process');
const run = (...args) => console.log(args.at(-1), '->', execFileSync(process.execPath, args, { encoding: 'utf8' }).trim());

run('-p', 'path.posix.join("a", "b")');
run('-p', 'typeof fs.readFileSync + typeof http.createServer');
run('-p', 'os === require("os") && url === require("node:url")');
run('-e', 'const fs = 1; console.log(fs)');
run('-e', 'var http = 1; console.log(http, globalThis.http)');
run('-e', 'net = 2; console.log(net)');
run('-e', 'console.log(Object.keys(globalThis).includes("fs"), "fs" in globalThis, typeof punycode2)');
run('--input-type=module', '-e', 'console.log(typeof util.inspect)');
console.log(typeof fs, typeof http);
