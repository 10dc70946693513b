'use strict';
// Completion at the tab key: what all possible texts begin with is inserted, and a second tab shows them in columns.

const {
  ArrayPrototypeFilter, MathFloor, StringPrototypeRepeat, StringPrototypeSlice, StringPrototypeStartsWith,
} = primordials;
const util = binding('util');

const GAP = 2;

function commonStart(texts) {
  if (texts.length === 0) return '';
  const first = texts[0];
  let length = first.length;
  for (let i = 1; i < texts.length; i++) {
    let same = 0;
    while (same < length && texts[i][same] === first[same]) same++;
    length = same;
  }
  return StringPrototypeSlice(first, 0, length);
}

/** All of them, in as many columns as the terminal has room for. An empty one separates groups. */
function table(rl, completions) {
  const widths = [];
  let widest = 0;
  for (let i = 0; i < completions.length; i++) {
    widths[i] = util.width(completions[i], true);
    if (widths[i] > widest) widest = widths[i];
  }
  const width = widest + GAP;
  let columns = MathFloor(rl.columns / width) || 1;
  if (columns === Infinity) columns = 1;
  let text = '\r\n';
  let column = 0;
  let gap = 0;
  for (let i = 0; i < completions.length; i++) {
    const completion = completions[i];
    if (completion === '' || column === columns) {
      text += '\r\n';
      column = 0;
      gap = 0;
    } else {
      text += StringPrototypeRepeat(' ', gap);
    }
    if (completion === '') {
      text += '\r\n';
    } else {
      text += completion;
      gap = width - widths[i];
      column++;
    }
  }
  return column === 0 ? text : `${text}\r\n\r\n`;
}

function show(rl, wasTab, { 0: completions, 1: typed }, remember) {
  if (!completions || completions.length === 0) return;
  const start = commonStart(ArrayPrototypeFilter(completions, (completion) => completion !== ''));
  if (StringPrototypeStartsWith(start, typed) && start.length > typed.length) {
    rl._insertString(StringPrototypeSlice(start, typed.length));
    return;
  }
  if (!StringPrototypeStartsWith(typed, start)) {
    // What was typed is another spelling of it.
    const head = StringPrototypeSlice(rl.line, 0, rl.cursor - typed.length) + start;
    rl.line = head + StringPrototypeSlice(rl.line, rl.cursor);
    rl.cursor = head.length;
    rl._refreshLine();
    return;
  }
  if (!wasTab) return;
  remember(rl);
  rl._writeToOutput(table(rl, completions));
  rl._refreshLine();
}

/** Asks the completer of an Interface, whose input waits meanwhile. */
exports.complete = function complete(rl, wasTab, remember) {
  rl.pause();
  const done = (error, found) => {
    if (!rl.closed) rl.resume();
    if (error) rl._writeToOutput(`Tab completion error: ${require('util').inspect(error)}`);
    else show(rl, wasTab, found, remember);
  };
  rl.completer(StringPrototypeSlice(rl.line, 0, rl.cursor), done);
};
