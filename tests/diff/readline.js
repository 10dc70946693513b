// Lines, prompts and keys: what an Interface tells and what it writes to a terminal.
// Node: 24
// Stdin: one\ntwo\r\nthree
'use strict';
process.env.TERM = 'xterm';
const readline = require('node:readline');
const promises = require('node:readline/promises');
const { PassThrough } = require('node:stream');
const { EventEmitter } = require('node:events');

const attempt = (f) => {
  try {
    console.log(f());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};

/** A terminal in memory. */
function terminal(options) {
  const input = new PassThrough();
  const output = new EventEmitter();
  output.columns = 20;
  output.text = '';
  output.write = (text) => {
    output.text += text;
    return true;
  };
  const rl = readline.createInterface({ input, output, terminal: true, ...options });
  const show = (what) => {
    console.log(what, JSON.stringify(output.text), JSON.stringify(rl.line), rl.cursor, rl.getCursorPos());
    output.text = '';
  };
  return { rl, input, output, show };
}

function editing() {
  const { rl, show } = terminal({ prompt: '$ ', history: ['older', 'old'], tabSize: 4 });
  for (const event of ['line', 'history', 'pause', 'resume', 'SIGINT', 'close']) rl.on(event, (value) => console.log(event, value));
  rl.prompt();
  show('prompt');
  rl.write('the quick brown fox, jumped');
  show('text');
  const keys = [
    { ctrl: true, name: 'a' }, { ctrl: true, name: 'f' }, { meta: true, name: 'f' }, { ctrl: true, name: 'right' }, { ctrl: true, name: 'w' },
    { ctrl: true, name: 'e' }, { meta: true, name: 'b' }, { ctrl: true, name: 'k' }, { ctrl: true, name: 'y' }, { ctrl: true, name: 'u' },
    { ctrl: true, name: 'y' }, { meta: true, name: 'y' }, { name: 'backspace' }, { name: 'home' }, { name: 'delete' }, { meta: true, name: 'd' },
    { sequence: '\x1f' }, { sequence: '\x1f' }, { sequence: '\x1e' }, { name: 'end' }, { name: 'left' }, { name: 'right' }, { ctrl: true, name: 'l' },
    { name: 'up' }, { name: 'up' }, { name: 'down' }, { name: 'down' }, { ctrl: true, name: 'p' }, { ctrl: true, name: 'h' }, { ctrl: true, name: 'c' },
    { name: 'return' },
  ];
  for (const key of keys) {
    rl.write(null, key);
    show(JSON.stringify(key));
  }
  rl.write('a\tb\u8c22\u{1f415}');
  show('wide');
  rl.write('\none\ntwo\nthree');
  show('lines');
  rl.question('name? ', (answer) => console.log('answer', answer));
  rl.write('me\n');
  show('question');
  rl.setPrompt('two\nlines> ');
  console.log(JSON.stringify(rl.getPrompt()));
  rl.prompt(true);
  show('long');
  rl.pause();
  rl.pause();
  rl.resume();
  console.log(rl.history);
  rl.close();
  rl.close();
  for (const name of ['pause', 'resume', 'write', 'prompt', 'question']) attempt(() => rl[name]('x', () => {}));
}

function completing() {
  const { rl, input, output, show } = terminal({ completer: (line) => [['alpha', 'alphabet', 'alps'].filter((word) => word.startsWith(line)), line] });
  input.on('keypress', (text, key) => console.log('key', JSON.stringify(text), JSON.stringify(key.sequence), key.name, key.ctrl, key.meta, key.shift, key.code));
  const steps = ['a', '\t', '\t', '\t', 'h', '\t', '\x1b[D', '\x1bOH', '\x1b[1;5C', '\x1b[3~', '\x1b[Z', '\x1bb', '\x01', 'Q', '\x1b[200~', '\u8c22', '\r', '\n'];
  for (const step of steps) {
    input.emit('data', step);
    show(JSON.stringify(step));
  }
  rl.close();
  console.log(output.listenerCount('resize'), input.listenerCount('end') <= 2);
}

function sequences() {
  const stream = new PassThrough();
  readline.emitKeypressEvents(stream);
  const keys = [];
  stream.on('keypress', (text, key) => keys.push(`${JSON.stringify(text)} ${key.name} ${+key.ctrl}${+key.meta}${+key.shift} ${key.code}`));
  const letters = ['A', 'B', 'C', 'D', 'E', 'F', 'H', 'P', 'Q', 'R', 'S', 'a', 'b', 'Z', '5~', '15~', '24~', '3$', '3^', '1;2A', '1;5~', '3;5~', '201~', '[A', '[5~'];
  for (const letter of letters) stream.emit('data', `\x1b[${letter}`);
  for (const letter of ['A', 'F', 'P', '5A', 'a', 'x']) stream.emit('data', `\x1bO${letter}`);
  for (const text of ['\x1b\x1b[A', '\x1bx', '\x1bX', '\x1b1', '\x1b\r', '\x1b\x7f', '\x00', '\x1a', '\x1c', ' ', '\x1b ', '.', '\u{1f415}', 'aZ9', '\x1b[<', '\x1b\x1b']) {
    stream.emit('data', text);
  }
  console.log(keys.join('\n'));
}

function cursor() {
  const written = [];
  const stream = { write: (text) => written.push(text) };
  readline.cursorTo(stream, 1);
  readline.cursorTo(stream, 1, 2);
  readline.moveCursor(stream, -1, 2);
  readline.moveCursor(stream, 3, -4);
  readline.moveCursor(stream, 0, 0);
  for (const direction of [-1, 0, 1]) readline.clearLine(stream, direction);
  readline.clearScreenDown(stream);
  console.log(JSON.stringify(written));
  attempt(() => readline.cursorTo(stream, NaN));
  attempt(() => readline.cursorTo(stream, 'x', 1));
  attempt(() => readline.clearLine(stream, 0, 1));
  attempt(() => readline.moveCursor(null, 1, 1));
  attempt(() => readline.createInterface({ input: new PassThrough(), completer: 1 }));
  attempt(() => readline.createInterface({ input: new PassThrough(), historySize: -1 }));
  attempt(() => readline.createInterface({ input: new PassThrough(), tabSize: 0 }));
  attempt(() => readline.createInterface({ input: new PassThrough(), history: 1 }));
  attempt(() => readline.createInterface({ input: new PassThrough(), signal: 1 }));
  attempt(() => new promises.Readline({}));
  attempt(() => readline.promises === promises);
}

async function asking() {
  const input = new PassThrough();
  const output = new PassThrough();
  const rl = promises.createInterface({ input, output });
  setImmediate(() => input.write('42\n'));
  console.log(await rl.question('how many? '), String(output.read()));
  const controller = new AbortController();
  const asked = rl.question('again? ', { signal: controller.signal }).catch((error) => console.log(error.name, error.code));
  controller.abort();
  await asked;
  rl.close();
  await rl.question('closed?').catch((error) => console.log(error.code));
  const gathered = new promises.Readline(output);
  gathered.cursorTo(1).moveCursor(1, 1).clearLine(0).clearScreenDown();
  gathered.rollback().cursorTo(0, 0);
  await gathered.commit();
  console.log(JSON.stringify(String(output.read())));
}

async function iterating() {
  const rl = readline.createInterface({ input: process.stdin, crlfDelay: Infinity });
  for await (const line of rl) console.log('stdin', line);
  const controller = new AbortController();
  const other = readline.createInterface({ input: new PassThrough(), signal: controller.signal });
  other.on('close', () => console.log('closed by the signal'));
  controller.abort();
}

editing();
completing();
sequences();
cursor();
asking().then(iterating);
