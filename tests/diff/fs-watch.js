const fs = require('fs'), os = require('os'), path = require('path');
const { once } = require('events');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-diff-'));
const at = (...names) => path.join(dir, ...names);
(async () => {
  try { fs.watch(at('none')); } catch (error) { console.log(error.code, error.syscall, error.filename === at('none'), error.message.replace(dir, 'DIR')); }
  for (const wrong of [[dir, 1], [{}], [dir, { encoding: 'x' }], [dir, { signal: 1 }]]) {
    try { fs.watch(...wrong); } catch (error) { console.log(error.code); }
  }
  const watcher = fs.watch(dir);
  fs.writeFileSync(at('a'), '');
  console.log(await once(watcher, 'change'));
  fs.mkdirSync(at('b'));
  const events = [];
  watcher.on('change', (type, name) => { if (name === 'c') events.push(type); });
  fs.renameSync(at('a'), at('c'));
  while (events.length < 1) await once(watcher, 'change');
  console.log(events);
  watcher.close();
  watcher.close();
  await once(watcher, 'close');
  const file = fs.watch(at('c'), { encoding: 'hex' });
  setTimeout(() => fs.writeFileSync(at('c'), 'more'), 5);
  console.log(await once(file, 'change'), file.unref() === file, file.ref() === file);
  file.close();
  const names = new Set();
  setTimeout(() => fs.mkdirSync(at('b', 'd')), 5);
  for await (const { eventType, filename } of fs.promises.watch(at('b'))) {
    console.log(eventType, filename);
    break;
  }
  const tree = fs.watch(dir, { recursive: true }, (type, name) => {
    names.add(name);
    if (!names.has(path.join('b', 'd', 'e'))) return;
    tree.close();
  });
  setTimeout(() => fs.writeFileSync(at('b', 'd', 'e'), ''), 20);
  await once(tree, 'close');
  console.log(names.has(path.join('b', 'd', 'e')));
  const controller = new AbortController();
  setTimeout(() => controller.abort('why'), 5);
  try { for await (const _ of fs.promises.watch(dir, { signal: controller.signal })); } catch (error) { console.log(error.name, error.code, error.cause); }
  fs.rmSync(dir, { recursive: true });
})();
