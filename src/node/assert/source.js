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

// The column names some point of the call: its beginning is the last chain of names before a bracket that begins at or
// before it, or else the first of the line.
function callAround(source, lineStart, lineEnd, column) {
  const pattern = /[\w$\u0080-\uffff]+(?:\s*\.\s*[\w$\u0080-\uffff]+)*\s*\(/g;
  pattern.lastIndex = lineStart;
  let found, start;
  while ((found = pattern.exec(source)) !== null && found.index < lineEnd) {
    if (start === undefined || found.index <= column) start = found;
    if (found.index > column) break;
  }
  if (start === undefined) return undefined;
  const end = endOfCall(source, start.index + start[0].length);
  return end === undefined ? undefined : unindent(source.slice(start.index, end), source.slice(lineStart, start.index));
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
