'use strict';
// Bytes from a terminal as keys: `readline.emitKeypressEvents`. The decoder takes one character at a time; what may be the
// beginning of a sequence waits for the next one, or for the end of `escapeCodeTimeout`.

const {
  RegExpPrototypeExec, StringFromCharCode, StringPrototypeCharCodeAt, StringPrototypeCodePointAt, StringPrototypeSlice,
  StringPrototypeSplit, StringPrototypeToLowerCase, Symbol,
} = primordials;

const kDecoder = Symbol('keypress-decoder');
const ESCAPE = '\x1b';
/** How long an escape may be alone before it is a key, in milliseconds. */
const ESCAPE_TIMEOUT = 500;

// Names by the rest of the sequence; what terminals disagree on has a name for each of them. `+` is shift, `^` control.
const NAMES = { __proto__: null };
const CODES = [
  ['f1', '[P OP [11~ [[A'], ['f2', '[Q OQ [12~ [[B'], ['f3', '[R OR [13~ [[C'], ['f4', '[S OS [14~ [[D'], ['f5', '[15~ [[E'],
  ['f6', '[17~'], ['f7', '[18~'], ['f8', '[19~'], ['f9', '[20~'], ['f10', '[21~'], ['f11', '[23~'], ['f12', '[24~'],
  ['paste-start', '[200~'], ['paste-end', '[201~'],
  ['up', '[A OA'], ['down', '[B OB'], ['right', '[C OC'], ['left', '[D OD'], ['clear', '[E OE'], ['end', '[F OF [4~ [8~'],
  ['home', '[H OH [1~ [7~'], ['insert', '[2~'], ['delete', '[3~'], ['pageup', '[5~ [[5~'], ['pagedown', '[6~ [[6~'],
  ['+up', '[a'], ['+down', '[b'], ['+right', '[c'], ['+left', '[d'], ['+clear', '[e'], ['+insert', '[2$'], ['+delete', '[3$'],
  ['+pageup', '[5$'], ['+pagedown', '[6$'], ['+home', '[7$'], ['+end', '[8$'], ['+tab', '[Z'],
  ['^up', 'Oa'], ['^down', 'Ob'], ['^right', 'Oc'], ['^left', 'Od'], ['^clear', 'Oe'], ['^insert', '[2^'], ['^delete', '[3^'],
  ['^pageup', '[5^'], ['^pagedown', '[6^'], ['^home', '[7^'], ['^end', '[8^'],
];
for (let i = 0; i < CODES.length; i++) {
  const codes = StringPrototypeSplit(CODES[i][1], ' ');
  for (let j = 0; j < codes.length; j++) NAMES[codes[j]] = CODES[i][0];
}

// Bits of the modifier in a sequence, less one.
const SHIFT = 1;
const META = 2 | 8;
const CONTROL = 4;

const PLAIN = { __proto__: null, '\r': 'return', '\n': 'enter', '\t': 'tab', '\b': 'backspace', '\x7f': 'backspace', [ESCAPE]: 'escape', ' ': 'space' };

/** The units of the character at a place. */
const characterLength = (text, at) => (StringPrototypeCodePointAt(text, at) > 0xffff ? 2 : 1);
const isDigit = (ch) => ch >= '0' && ch <= '9' && ch.length === 1;

/** The state is what has come of a key so far, and what is expected next. */
class KeyDecoder {
  #emit;
  #sequence = '';
  #next = this.#first;
  #isEscaped = false;
  #code = '';
  #modifier = 0;
  #digits = 0;
  #start = 0;

  constructor(emit) {
    this.#emit = emit;
  }

  /** Takes a character; '' says that there was none for a while. */
  take(ch) {
    this.#sequence += ch;
    this.#next(ch);
  }

  #first(ch) {
    if (ch === ESCAPE) {
      this.#isEscaped = true;
      this.#next = this.#afterEscape;
    } else {
      this.#single(ch);
    }
  }

  #afterEscape(ch) {
    if (ch === ESCAPE && this.#sequence.length === 2) return;
    if (ch === 'O') {
      this.#code = ch;
      this.#next = this.#afterO;
    } else if (ch === '[') {
      this.#code = ch;
      this.#next = this.#afterBracket;
    } else {
      this.#single(ch);
    }
  }

  // ESC O letter, ESC O modifier letter
  #afterO(ch) {
    if (isDigit(ch) && this.#digits++ === 0) {
      this.#modifier = ch - 1;
      return;
    }
    this.#code += ch;
    this.#named();
  }

  // ESC [ …, ESC [ [ …
  #afterBracket(ch) {
    if (ch === '[' && this.#code === '[') {
      this.#code += ch;
      return;
    }
    this.#start = this.#sequence.length - ch.length;
    this.#next = this.#command;
    this.#command(ch);
  }

  // Up to three digits, a modifier after `;`, and a last character.
  #command(ch) {
    if (isDigit(ch) && this.#digits < 3) {
      this.#digits++;
      return;
    }
    if (ch === ';') {
      this.#next = this.#commandModifier;
      return;
    }
    this.#commandEnd();
  }

  #commandModifier(ch) {
    if (isDigit(ch)) this.#next = this.#commandEnd;
    else this.#commandEnd();
  }

  #commandEnd() {
    const command = StringPrototypeSlice(this.#sequence, this.#start);
    let match = RegExpPrototypeExec(/^(?:(\d\d?)(?:;(\d))?([~^$])|(\d{3}~))$/, command);
    if (match !== null) {
      this.#code += match[4] ?? match[1] + match[3];
      this.#modifier = (match[2] || 1) - 1;
    } else {
      match = RegExpPrototypeExec(/^(?:(?:\d;)?(\d))?([A-Za-z])$/, command);
      if (match !== null) {
        this.#code += match[2];
        this.#modifier = (match[1] || 1) - 1;
      } else {
        this.#code += command;
      }
    }
    this.#named();
  }

  /** A sequence is complete. */
  #named() {
    const code = this.#code;
    const modifier = this.#modifier;
    let name = NAMES[code] ?? 'undefined';
    const mark = name[0];
    if (mark === '+' || mark === '^') name = StringPrototypeSlice(name, 1);
    this.#finish(undefined, {
      sequence: this.#sequence,
      name,
      ctrl: mark === '^' || (modifier & CONTROL) !== 0,
      meta: (modifier & META) !== 0,
      shift: mark === '+' || (modifier & SHIFT) !== 0,
      code,
    });
  }

  /** A character of its own, or after an escape. */
  #single(ch) {
    const isEscaped = this.#isEscaped;
    const key = { sequence: this.#sequence, name: undefined, ctrl: false, meta: false, shift: false };
    if (PLAIN[ch] !== undefined) {
      key.name = PLAIN[ch];
      key.meta = isEscaped;
    } else if (!isEscaped && ch <= '\x1a') {
      // Control and a letter.
      key.name = StringFromCharCode(StringPrototypeCharCodeAt(ch, 0) + 96);
      key.ctrl = true;
    } else if (RegExpPrototypeExec(/^[0-9A-Za-z]$/, ch) !== null) {
      key.name = StringPrototypeToLowerCase(ch);
      key.shift = key.name !== ch;
      key.meta = isEscaped;
    } else if (isEscaped) {
      // Nothing came after the escape, or something that has no name.
      key.name = ch.length > 0 ? undefined : 'escape';
      key.meta = true;
    }
    if (key.sequence.length !== 0 && (key.name !== undefined || isEscaped)) {
      this.#finish(isEscaped ? undefined : key.sequence, key);
    } else if (key.sequence.length > 0 && key.sequence.length === characterLength(key.sequence, 0)) {
      this.#finish(key.sequence, key);
    } else {
      this.#reset();
    }
  }

  #reset() {
    this.#sequence = '';
    this.#next = this.#first;
    this.#isEscaped = false;
    this.#code = '';
    this.#modifier = 0;
    this.#digits = 0;
  }

  #finish(text, key) {
    this.#reset();
    this.#emit(text, key);
  }
}

/**
 * Makes a stream emit 'keypress' for what it reads, as long as somebody listens. `rl`, an Interface, is told whether the
 * characters came one by one (then a tab asks for completion) or were pasted.
 */
function emitKeypressEvents(stream, rl = {}) {
  if (stream[kDecoder]) return;
  const { StringDecoder } = require('string_decoder');
  const timers = require('timers');
  const text = new StringDecoder('utf8');
  const keys = new KeyDecoder((s, key) => stream.emit('keypress', s, key));
  stream[kDecoder] = text;
  const escapeTimeout = rl.escapeCodeTimeout ?? ESCAPE_TIMEOUT;
  const noMore = () => keys.take('');
  let timer;

  function onData(input) {
    if (stream.listenerCount('keypress') === 0) {
      // Nobody looks at keys any more.
      stream.removeListener('data', onData);
      stream.on('newListener', onNewListener);
      return;
    }
    const string = text.write(input);
    if (!string) return;
    timers.clearTimeout(timer);
    rl._sawKeyPress = characterLength(string, 0) === string.length;
    // While something is pasted, tabs are characters.
    rl.isCompletionEnabled = false;
    for (let at = 0; at < string.length;) {
      const character = StringPrototypeSlice(string, at, at + characterLength(string, at));
      at += character.length;
      const isLast = at === string.length;
      if (isLast) rl.isCompletionEnabled = true;
      keys.take(character);
      if (isLast && character === ESCAPE) timer = timers.setTimeout(noMore, escapeTimeout);
    }
  }

  function onNewListener(event) {
    if (event === 'keypress') {
      stream.on('data', onData);
      stream.removeListener('newListener', onNewListener);
    }
  }

  if (stream.listenerCount('keypress') > 0) stream.on('data', onData);
  else stream.on('newListener', onNewListener);
}

module.exports = { emitKeypressEvents };
