'use strict';
// What an Interface on a terminal does with keys: the text is edited in place, history is walked, what was cut can be put back.

const {
  ArrayPrototypeIndexOf, ArrayPrototypePop, ArrayPrototypePush, ArrayPrototypeSplice, ArrayPrototypeUnshift, DateNow,
  RegExpPrototypeExec, StringPrototypeCharCodeAt, StringPrototypeCodePointAt, StringPrototypeSlice, StringPrototypeStartsWith, StringPrototypeTrim,
  Symbol,
} = primordials;
const { AbortError } = require('errors');
const native = binding('readline');
const { cursorTo, clearScreenDown, moveCursor } = require('readline/callbacks');
const { kRejectQuestion } = require('readline/interface');

const MOST_KILLS = 32;
const MOST_UNDOS = 2048;

/** What an Interface keeps that is nobody else's business. */
const kState = Symbol('kState');

/** The units of the character at a place, and of the one before it. */
function lengthAt(text, at) {
  // Beyond the end a step is one, so that the cursor is clamped.
  return StringPrototypeCodePointAt(text, at) > 0xffff ? 2 : 1;
}
function lengthBefore(text, at) {
  if (at <= 0) return 0;
  if (at > 1 && StringPrototypeCodePointAt(text, at - 2) > 0xffff) return 2;
  return 1;
}

const before = (rl) => StringPrototypeSlice(rl.line, 0, rl.cursor);
const after = (rl) => StringPrototypeSlice(rl.line, rl.cursor);

/** How far the word before the cursor reaches. */
const wordBefore = (rl) => native.wordBefore(rl.line, rl.cursor);

/** The text is about to change: this is what `undo` comes back to. */
function remember(rl) {
  const state = rl[kState];
  ArrayPrototypePush(state.undo, { text: rl.line, cursor: rl.cursor });
  state.redo = [];
  if (state.undo.length > MOST_UNDOS) state.undo = ArrayPrototypeSplice(state.undo, -MOST_UNDOS);
}

function change(rl, line, cursor) {
  rl.line = line;
  rl.cursor = cursor;
  rl._refreshLine();
}

/** What is cut to a side can be yanked; the last is the first. */
function keep(rl, text) {
  const state = rl[kState];
  if (!text || text === state.kills[0]) return;
  ArrayPrototypeUnshift(state.kills, text);
  state.killAt = 0;
  while (state.kills.length > MOST_KILLS) ArrayPrototypePop(state.kills);
}

/** Goes to the next entry of the history that begins as what was typed before the search, in a direction. */
function walk(rl, index, direction, end) {
  const search = rl[kState].search || '';
  const { history } = rl;
  remember(rl);
  while (index !== end && (!StringPrototypeStartsWith(history[index], search) || rl.line === history[index])) index += direction;
  rl.historyIndex = index;
  const line = index === end ? search : history[index];
  change(rl, line, line.length);
}

/** Back to an earlier text, or forward again. */
function exchange(rl, from, to) {
  if (from.length === 0) return;
  ArrayPrototypePush(to, { text: rl.line, cursor: rl.cursor });
  const { text, cursor } = ArrayPrototypePop(from);
  change(rl, text, cursor);
}

const methods = {
  /** Writes prompt and text anew, and puts the cursor where it belongs. */
  _refreshLine() {
    const { output } = this;
    const line = this._prompt + this.line;
    const end = this._getDisplayPos(line);
    const cursor = this.getCursorPos();
    const rows = this.prevRows || 0;
    if (rows > 0) moveCursor(output, 0, -rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    this._writeToOutput(line);
    // A terminal begins a new row only for a character that is in it.
    if (end.cols === 0) this._writeToOutput(' ');
    cursorTo(output, cursor.cols);
    const below = end.rows - cursor.rows;
    if (below > 0) moveCursor(output, 0, -below);
    this.prevRows = cursor.rows;
  },

  _moveCursor(distance) {
    if (distance === 0) return;
    const from = this.getCursorPos();
    this.cursor += distance;
    if (this.cursor < 0) this.cursor = 0;
    if (this.cursor > this.line.length) this.cursor = this.line.length;
    const to = this.getCursorPos();
    if (from.rows === to.rows) moveCursor(this.output, to.cols - from.cols, 0);
    else this._refreshLine();
  },

  _insertString(text) {
    remember(this);
    if (this.cursor < this.line.length) {
      change(this, before(this) + text + after(this), this.cursor + text.length);
      return;
    }
    const from = this.getCursorPos();
    this.line += text;
    this.cursor += text.length;
    if (from.rows < this.getCursorPos().rows) this._refreshLine();
    else this._writeToOutput(text);
  },

  _wordLeft() {
    if (this.cursor > 0) this._moveCursor(-wordBefore(this));
  },

  _wordRight() {
    if (this.cursor < this.line.length) this._moveCursor(native.wordAfter(this.line, this.cursor));
  },

  _deleteLeft() {
    if (this.cursor <= 0 || this.line.length === 0) return;
    remember(this);
    const start = this.cursor - lengthBefore(this.line, this.cursor);
    change(this, StringPrototypeSlice(this.line, 0, start) + after(this), start);
  },

  _deleteRight() {
    if (this.cursor >= this.line.length) return;
    remember(this);
    const end = this.cursor + lengthAt(this.line, this.cursor);
    change(this, before(this) + StringPrototypeSlice(this.line, end), this.cursor);
  },

  _deleteWordLeft() {
    if (this.cursor <= 0) return;
    remember(this);
    const start = this.cursor - wordBefore(this);
    change(this, StringPrototypeSlice(this.line, 0, start) + after(this), start);
  },

  _deleteWordRight() {
    if (this.cursor >= this.line.length) return;
    remember(this);
    const rest = after(this);
    const { length } = RegExpPrototypeExec(/^(?:\s+|\W+|\w+)\s*/, rest)[0];
    change(this, before(this) + StringPrototypeSlice(rest, length), this.cursor);
  },

  _deleteLineLeft() {
    remember(this);
    keep(this, before(this));
    change(this, after(this), 0);
  },

  _deleteLineRight() {
    remember(this);
    keep(this, after(this));
    change(this, before(this), this.cursor);
  },

  /** Puts back what was cut last. */
  _yank() {
    const state = this[kState];
    if (state.kills.length === 0) return;
    state.isYanking = true;
    this._insertString(state.kills[state.killAt]);
  },

  /** Right after that: what was cut before it instead. */
  _yankPop() {
    const state = this[kState];
    if (!state.isYanking || state.kills.length < 2) return;
    const last = state.kills[state.killAt];
    state.killAt = (state.killAt + 1) % state.kills.length;
    const next = state.kills[state.killAt];
    const head = StringPrototypeSlice(this.line, 0, this.cursor - last.length) + next;
    change(this, head + after(this), head.length);
  },

  _undo() {
    exchange(this, this[kState].undo, this[kState].redo);
  },

  _redo() {
    exchange(this, this[kState].redo, this[kState].undo);
  },

  _historyNext() {
    if (this.historyIndex >= 0) walk(this, this.historyIndex - 1, -1, -1);
  },

  _historyPrev() {
    const { history } = this;
    if (this.historyIndex < history.length && history.length > 0) walk(this, this.historyIndex + 1, 1, history.length);
  },

  /** Puts the text into the history; returns what is to be told of it. */
  _addHistory() {
    const { line, history } = this;
    if (line.length === 0) return '';
    if (!history || this.historySize === 0 || StringPrototypeTrim(line).length === 0) return line;
    if (history.length === 0 || history[0] !== line) {
      if (this.removeHistoryDuplicates) {
        const found = ArrayPrototypeIndexOf(history, line);
        if (found !== -1) ArrayPrototypeSplice(history, found, 1);
      }
      ArrayPrototypeUnshift(history, line);
      if (history.length > this.historySize) ArrayPrototypePop(history);
    }
    this.historyIndex = -1;
    // A listener may change the history, not the line.
    const first = history[0];
    this.emit('history', history);
    return first;
  },

  /** The text is complete. */
  _line() {
    const line = this._addHistory();
    this[kState].undo = [];
    this[kState].redo = [];
    this.clearLine();
    this._onLine(line);
  },

  _tabComplete(wasTab) {
    require('readline/complete').complete(this, wasTab, remember);
  },

  /** A key, or a text that was pasted. */
  _ttyWrite(text, key) {
    if (require('process').env.TERM === 'dumb') return dumbWrite(this, text, key);
    key ||= {};
    const previous = this._previousKey;
    this._previousKey = key;
    const state = this[kState];
    if (!key.meta || key.name !== 'y') state.isYanking = false;
    noteSearch(this, key);

    // Control with `_` or `^`, which have no names.
    const control = typeof key.sequence === 'string' ? StringPrototypeCharCodeAt(key.sequence, 0) : 0;
    if (control === 0x1f) return this._undo();
    if (control === 0x1e) return this._redo();
    if (key.name === 'escape') return undefined;

    if (key.ctrl && key.shift) return withControlAndShift(this, key.name);
    if (key.ctrl) return withControl(this, key.name);
    if (key.meta) return withMeta(this, key.name);
    return plain(this, text, key, previous);
  },
};

/** Up and down look for what begins as the text up to the cursor; any other key ends that. */
function noteSearch(rl, key) {
  const state = rl[kState];
  const isVertical = (key.name === 'up' || key.name === 'down') && !key.ctrl && !key.meta && !key.shift;
  if (isVertical) {
    state.search ??= before(rl);
  } else if (state.search !== null) {
    state.search = null;
    if (rl.history.length === rl.historyIndex) rl.historyIndex = -1;
  }
}

function withControlAndShift(rl, name) {
  if (name === 'backspace') rl._deleteLineLeft();
  else if (name === 'delete') rl._deleteLineRight();
}

/** Whoever waits for an answer hears that there will be none. */
function abort(rl, key) {
  rl[kRejectQuestion]?.(new AbortError(`Aborted with Ctrl+${key}`));
  rl.close();
}

function withControl(rl, name) {
  switch (name) {
    case 'c':
      if (rl.listenerCount('SIGINT') > 0) rl.emit('SIGINT');
      else abort(rl, 'C');
      break;
    case 'd':
      if (rl.cursor === 0 && rl.line.length === 0) abort(rl, 'D');
      else if (rl.cursor < rl.line.length) rl._deleteRight();
      break;
    case 'h': return rl._deleteLeft();
    case 'u': return rl._deleteLineLeft();
    case 'k': return rl._deleteLineRight();
    case 'a': return rl._moveCursor(-Infinity);
    case 'e': return rl._moveCursor(+Infinity);
    case 'b': return rl._moveCursor(-lengthBefore(rl.line, rl.cursor));
    case 'f': return rl._moveCursor(+lengthAt(rl.line, rl.cursor));
    case 'l':
      cursorTo(rl.output, 0, 0);
      clearScreenDown(rl.output);
      return rl._refreshLine();
    case 'n': return rl._historyNext();
    case 'p': return rl._historyPrev();
    case 'z': return stop(rl);
    case 'w':
    case 'backspace': return rl._deleteWordLeft();
    case 'delete': return rl._deleteWordRight();
    case 'left': return rl._wordLeft();
    case 'right': return rl._wordRight();
    case 'y': return rl._yank();
  }
  return undefined;
}

/** Stops the process, as the shell's user means it to, unless somebody listens. */
function stop(rl) {
  const process = require('process');
  if (process.platform === 'win32') return;
  if (rl.listenerCount('SIGTSTP') > 0) {
    rl.emit('SIGTSTP');
    return;
  }
  process.once('SIGCONT', () => {
    // Who paused it meanwhile goes on himself.
    if (!rl.paused) {
      rl.pause();
      rl.emit('SIGCONT');
    }
    rl._setRawMode(true);
    rl._refreshLine();
  });
  rl._setRawMode(false);
  process.kill(process.pid, 'SIGTSTP');
}

function withMeta(rl, name) {
  switch (name) {
    case 'b': return rl._wordLeft();
    case 'f': return rl._wordRight();
    case 'd':
    case 'delete': return rl._deleteWordRight();
    case 'backspace': return rl._deleteWordLeft();
    case 'y': return rl._yankPop();
  }
  return undefined;
}

function plain(rl, text, key, previous) {
  const { name } = key;
  // CR and LF are one end of a line if they come close to each other.
  if (rl._sawReturnAt && name !== 'enter') rl._sawReturnAt = 0;
  switch (name) {
    case 'return':
      rl._sawReturnAt = DateNow();
      return rl._line();
    case 'enter':
      if (rl._sawReturnAt === 0 || DateNow() - rl._sawReturnAt > rl.crlfDelay) rl._line();
      rl._sawReturnAt = 0;
      return undefined;
    case 'backspace': return rl._deleteLeft();
    case 'delete': return rl._deleteRight();
    case 'left': return rl._moveCursor(-lengthBefore(rl.line, rl.cursor));
    case 'right': return rl._moveCursor(+lengthAt(rl.line, rl.cursor));
    case 'home': return rl._moveCursor(-Infinity);
    case 'end': return rl._moveCursor(+Infinity);
    case 'up': return rl._historyPrev();
    case 'down': return rl._historyNext();
    case 'tab':
      if (typeof rl.completer === 'function' && rl.isCompletionEnabled) {
        return rl._tabComplete(previous && previous.name === 'tab');
      }
  }
  return insert(rl, text);
}

/** Inserts what may be several lines. */
function insert(rl, text) {
  if (typeof text !== 'string' || text === '') return;
  const lines = native.splitLines(text);
  const last = lines.length - 1;
  for (let i = 0; i < last; i++) {
    rl._insertString(lines[i]);
    rl._line();
  }
  if (last === 0 || lines[last] !== '') rl._insertString(lines[last]);
}

/** A terminal that can't move its cursor shows what is typed, and knows the ends of lines. */
function dumbWrite(rl, text, key) {
  key ||= {};
  if (key.name === 'escape') return;
  if (rl._sawReturnAt && key.name !== 'enter') rl._sawReturnAt = 0;
  if (key.ctrl) {
    if (key.name === 'c') {
      if (rl.listenerCount('SIGINT') > 0) rl.emit('SIGINT');
      else rl.close();
      return;
    }
    if (key.name === 'd') {
      rl.close();
      return;
    }
  }
  if (key.name === 'return') {
    rl._sawReturnAt = DateNow();
    rl._line();
  } else if (key.name === 'enter') {
    if (rl._sawReturnAt === 0 || DateNow() - rl._sawReturnAt > rl.crlfDelay) rl._line();
    rl._sawReturnAt = 0;
  } else if (typeof text === 'string' && text) {
    rl.line += text;
    rl.cursor += text.length;
    rl._writeToOutput(text);
  }
}

/** Makes an Interface that of a terminal; returns the listeners for its input. */
function begin(rl) {
  const { input } = rl;
  require('readline/keys').emitKeypressEvents(input, rl);
  rl[kState] = { __proto__: null, undo: [], redo: [], kills: [], killAt: 0, isYanking: false, search: null };
  rl.cursor = 0;
  rl.prevRows = 0;
  rl._sawReturnAt = 0;
  rl._previousKey = null;
  // One that ends later than it began has to give the terminal back as it was.
  rl._setRawMode(true);
  return {
    __proto__: null,
    keypress(text, key) {
      rl._ttyWrite(text, key);
      const first = key?.sequence ? StringPrototypeCodePointAt(key.sequence, 0) : 0;
      // Half of a character, which the terminal has shown as something else.
      if (first >= 0xd800 && first <= 0xdfff) rl._refreshLine();
    },
    end() {
      if (typeof rl.line === 'string' && rl.line.length > 0) rl.emit('line', rl.line);
      rl.close();
    },
  };
}

module.exports = { begin, methods };
