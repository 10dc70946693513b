// Random paths through every function of both styles; what node 20 does otherwise (device names on Windows) is left out.
const path = require('path');
let seed = 7;
const random = (n) => { seed = (seed * 1103515245 + 12345) & 0x7fffffff; return (seed >> 8) % n; };
const pieces = {
  posix: ['/', '/', '//', '.', '..', 'a', 'bc', '.b', 'a.js', 'b.', '...', 'é', '\\', 'c:'],
  win32: ['\\', '/', '\\\\', '//', '.', '..', 'a', 'bc', '.b', 'a.js', 'b.', '...', 'é', 'C:\\', 'd:\\x'],
};
process.cwd = () => '/work/x';
for (let i = 0; i < 3000; i++) {
  const style = random(2) ? 'posix' : 'win32';
  const name = ['normalize', 'join', 'resolve', 'relative', 'dirname', 'basename', 'extname', 'isAbsolute', 'parse'][random(9)];
  const make = () => { let text = ''; for (let n = random(6); n > 0; n--) text += pieces[style][random(pieces[style].length)]; return text; };
  const args = [make()];
  if (name === 'join' || name === 'resolve') for (let n = random(3); n > 0; n--) args.push(make());
  else if (name === 'relative' || (name === 'basename' && random(2))) args.push(make());
  if (style === 'win32' && args.some((arg) => /:(?!\\)/.test(arg) || arg.lastIndexOf(':') > 1)) continue;
  console.log(style, name, JSON.stringify(args), JSON.stringify(path[style][name](...args)));
}
for (const act of [() => path.join(1), () => path.resolve('a', null), () => path.format(1), () => path.basename('a', 1), () => path.relative('a')]) {
  try { act(); } catch (error) { console.log(error.name, error.code, error.message); }
}
console.log(path.format({ dir: '/x', name: 'y', ext: 'z' }), path.format({ root: '/', base: 'b' }), path.sep, path.delimiter, path.win32.sep, path.toNamespacedPath('/a'), path.win32.toNamespacedPath('C:\\a'));
