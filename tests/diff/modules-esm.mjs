import def, { named, counter, increment } from './lib/esm.mjs';
import * as ns from './lib/esm.mjs';
import cjs, { one } from './lib/named.cjs';
import data from './lib/data.json' with { type: 'json' };
import fs, { readFileSync } from 'node:fs';
import { a } from './lib/cycle-a.mjs';
console.log(def, named, counter, (increment(), counter), Object.keys(ns), ns[Symbol.toStringTag]);
console.log(cjs, one, data, fs.readFileSync === readFileSync, a);
console.log(typeof require, typeof module, this, import.meta.url.endsWith('modules-esm.mjs'), import.meta.filename?.endsWith('.mjs'));
console.log(import.meta.resolve('./lib/x.js').endsWith('/lib/x.js'));
const late = await import('./lib/late.mjs');
console.log(late.default, (await import('./lib/late.mjs')) === late);
for (const bad of ['./lib/nope.mjs', 'nope', './lib', './lib/throws.js', './lib/bad-name.mjs']) {
  try { await import(bad); } catch (error) { console.log(error.name, error.code, error.message.split('\n')[0].length > 3); }
}
