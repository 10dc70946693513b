'use strict';
// What `assert(expression)` says when it fails: the text of the call, from the file that it stands in.

const { Error, RegExpPrototypeExec, StringPrototypeSplit } = primordials;

/** The message for a failed call of `call`; says less where the source can't be read. */
function messageOfCall(call) {
  const text = textOfCall(call);
  return text === undefined ? 'The expression evaluated to a falsy value' :
    `The expression evaluated to a falsy value:\n\n  ${text}\n`;
}

function textOfCall(call) {
  try {
    const holder = {};
    Error.captureStackTrace(holder, call);
    const frame = StringPrototypeSplit(`${holder.stack}`, '\n').find((line) => line.trimStart().startsWith('at '));
    const place = RegExpPrototypeExec(/\(?(?:file:\/\/)?([^()]+):(\d+):(\d+)\)?$/, frame);
    if (place === null) return undefined;
    const path = place[1].replace(/^\s*at (?:async )?/, '');
    const source = require('fs').readFileSync(path, 'utf8');
    const lines = source.split('\n');
    const line = +place[2] - 1;
    const before = lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0);
    return callAround(source, before, before + lines[line].length, before + +place[3] - 1);
  } catch {
    return undefined;
  }
}

// The column names some point of the call: it begins at the last chain of names before a bracket that begins at or before
// that point, or else at the first of the line.
function callAround(source, lineStart, lineEnd, column) {
  let start, open;
  for (let at = source.indexOf('(', lineStart); at !== -1 && at < lineEnd; at = source.indexOf('(', at + 1)) {
    const from = startOfChain(source, lineStart, at);
    if (from === at) continue;
    if (start === undefined || from <= column) {
      start = from;
      open = at;
    }
    if (from > column) break;
  }
  if (start === undefined) return undefined;
  const end = endOfCall(source, open + 1);
  return end === undefined ? undefined : unindent(source.slice(start, end), source.slice(lineStart, start));
}

/** Where `a.b.c` before position `at` begins. */
function startOfChain(source, lineStart, at) {
  let from = at;
  while (from > lineStart && isNameLetter(source[from - 1])) from--;
  return from;
}

function isNameLetter(letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
    letter === '_' || letter === '$' || letter === '.' || letter > '\u007f';
}

function endOfCall(source, at) {
  let depth = 1;
  while (at < source.length) {
    const letter = source[at];
    if (letter === '"' || letter === "'" || letter === '`') {
      at++;
      while (at < source.length && source[at] !== letter) at += source[at] === '\\' ? 2 : 1;
    } else if (letter === '(' || letter === '[' || letter === '{') {
      depth++;
    } else if (letter === ')' || letter === ']' || letter === '}') {
      if (--depth === 0) return at + 1;
    } else if (letter === '/' && source[at + 1] === '/') {
      at = source.indexOf('\n', at);
      if (at === -1) return undefined;
    }
    at++;
  }
  return undefined;
}

function unindent(text, before) {
  const lines = text.split('\n');
  if (lines.length === 1) return text;
  const indent = /^\s*/.exec(before)[0].length;
  return lines.map((line, i) => {
    if (i === 0) return line;
    const own = /^\s*/.exec(line)[0].length;
    return `  ${line.slice(own < indent ? own : indent)}`;
  }).join('\n');
}

module.exports = { messageOfCall };
