'use strict';
// What NODE_DEBUG=http warns of.

const { spawnSync } = require('child_process');

for (const section of ['http', 'http2', 'HTTP', 'net', 'x']) {
  const script = `const log = require('util').debuglog('${section}'); log('first'); log('second');`;
  const { stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', env: { ...process.env, NODE_DEBUG: section } });
  const lines = stderr.split('\n').filter((line) => /first|second|Warning:/.test(line));
  console.log(section, lines.map((line) => line.replace(/ \d+:/, ' pid:').replace(/node:\d+/, 'node:pid')));
}
