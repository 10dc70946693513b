'use strict';
// How `util.inspect` shows errors: the stack, what its class tells, its cause.

const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeIndexOf, ArrayPrototypeSplice, Error, ErrorPrototypeToString,
  Object, RegExpPrototypeExec, SafeSet, StringPrototypeEndsWith, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith,
} = primordials;
const { kind: kindOf } = binding('util');
const { formatValue, prefixOf, spaces } = require('util/inspect');

const ERROR = 11;

/** The stack of an error, or what stands for it. */
function stackOf(ctx, error) {
  let stack;
  try {
    stack = error.stack;
  } catch {
    // A throwing accessor: as if there were none.
  }
  if (typeof stack === 'string' && stack !== '') return stack;
  return stack ? oddStack(ctx, error, stack) : titleOf(error);
}

function formatError(ctx, error, name, tag, keys) {
  let title = 'Error', message;
  let stack = stackOf(ctx, error);
  try {
    const given = error.name;
    if (given != null) title = `${given}`;
    if (typeof given !== 'string') stack = oddlyNamed(stack, given, name);
    message = error.message;
  } catch {
    // A throwing accessor: as if there were none.
  }
  if (!ctx.showHidden && keys.length !== 0) dropRepeated(keys, error, stack);
  if ('cause' in error && !ArrayPrototypeIncludes(keys, 'cause')) keys[keys.length] = 'cause';
  if (ArrayIsArray(error.errors) && !ArrayPrototypeIncludes(keys, 'errors')) keys[keys.length] = 'errors';

  // The class tells more than the name: `class Foo extends Error` prints as Foo, once.
  if (name === null || (StringPrototypeEndsWith(title, 'Error') && StringPrototypeStartsWith(stack, title) &&
      (stack.length === title.length || stack[title.length] === ':' || stack[title.length] === '\n'))) {
    if (name !== title || tag !== '') stack = retitle(stack, name, title, tag);
  }

  let from = typeof message === 'string' && message !== '' ? StringPrototypeIndexOf(stack, message) : -1;
  if (from !== -1) from += message.length;
  const frames = StringPrototypeIndexOf(stack, '\n    at', from === -1 ? 0 : from);
  if (frames === -1) stack = `[${stack}]`;
  else if (ctx.colors || ('cause' in error && kindOf(Object(error.cause)) === ERROR)) stack = writeFrames(ctx, error, stack, frames);
  return ctx.indent === 0 ? stack : StringPrototypeReplaceAll(stack, '\n', `\n${spaces(ctx.indent)}`);
}

// Own properties whose text the stack shows already are not written again.
function dropRepeated(keys, error, stack) {
  const candidates = ['name', 'message', 'stack'];
  for (let i = 0; i < 3; i++) {
    const index = ArrayPrototypeIndexOf(keys, candidates[i]);
    if (index === -1) continue;
    const value = error[candidates[i]];
    if (typeof value !== 'string' || StringPrototypeIncludes(stack, value)) ArrayPrototypeSplice(keys, index, 1);
  }
}

function titleOf(error) {
  try {
    return ErrorPrototypeToString(error);
  } catch {
    return 'Error';
  }
}

function oddStack(ctx, error, stack) {
  const inner = { ...ctx, compact: false, indent: ctx.indent + 4 };
  return `${titleOf(error)}\n    ${formatValue(inner, stack, 0)}`;
}

/** A name that is no text is followed by the class. */
function oddlyNamed(stack, given, name) {
  if (given == null || name === null || !StringPrototypeStartsWith(stack, `${given}`)) return stack;
  return `${given} [${name}]${StringPrototypeSlice(stack, `${given}`.length)}`;
}

/** Puts the class of an error in front of its stack. */
function retitle(stack, name, title, tag) {
  let known = title;
  if (name === null) {
    const match = RegExpPrototypeExec(/^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n\s+at)/, stack) ??
      RegExpPrototypeExec(/^([a-z_A-Z0-9-]*Error)$/, stack);
    known = match?.[1] ?? '';
  }
  const prefix = StringPrototypeSlice(prefixOf(name, tag, known || 'Error'), 0, -1);
  if (prefix === title) return stack;
  if (!StringPrototypeIncludes(prefix, title)) return `${prefix} [${title}]${StringPrototypeSlice(stack, known.length)}`;
  return known === '' ? `${prefix}: ${stack}` : `${prefix}${StringPrototypeSlice(stack, known.length)}`;
}

/** The stack, less what its cause's stack repeats, and with the runtime's own frames dimmed in colour. */
function writeFrames(ctx, error, stack, from) {
  const lines = StringPrototypeSplit(StringPrototypeSlice(stack, from + 1), '\n');
  const { cause } = error;
  if (cause != null && typeof cause === 'object') dropShared(ctx, lines, stackOf(ctx, cause));
  let text = StringPrototypeSlice(stack, 0, from);
  for (let i = 0; i < lines.length; i++) text += `\n${ctx.colors ? paintFrame(ctx, lines[i]) : lines[i]}`;
  return text;
}

function dropShared(ctx, lines, causeStack) {
  const start = StringPrototypeIndexOf(causeStack, '\n    at');
  if (start === -1) return;
  const others = StringPrototypeSplit(StringPrototypeSlice(causeStack, start + 1), '\n');
  for (let i = 0; i < lines.length - 3; i++) {
    const at = ArrayPrototypeIndexOf(others, lines[i]);
    if (at === -1) continue;
    let run = 1;
    while (i + run < lines.length && at + run < others.length && lines[i + run] === others[at + run]) run++;
    if (run > 3) {
      const note = `    ... ${run - 2} lines matching cause stack trace ...`;
      ArrayPrototypeSplice(lines, i + 1, run - 2, ctx.stylize(note, 'undefined'));
      return;
    }
  }
}

let builtinIds;
function paintFrame(ctx, line) {
  const own = RegExpPrototypeExec(/^ {4}at (?:[^/\\(]+ \(|)node:(.+):\d+:\d+\)?$/, line);
  if (own !== null) {
    builtinIds ??= new SafeSet(require('module').builtinModules);
    if (builtinIds.has(own[1])) return ctx.stylize(line, 'undefined');
  }
  let text = '';
  let at = 0;
  for (;;) {
    const found = RegExpPrototypeExec(/[/\\]node_modules[/\\](@[^/\\]+[/\\][^/\\]+|[^/\\]+)(?=[/\\])/, StringPrototypeSlice(line, at));
    if (found === null) break;
    const nameAt = at + found.index + found[0].length - found[1].length;
    text += StringPrototypeSlice(line, at, nameAt) + ctx.stylize(found[1], 'module');
    at = nameAt + found[1].length;
  }
  text += StringPrototypeSlice(line, at);
  const home = `${process.cwd()}/`;
  const homeAt = StringPrototypeIndexOf(text, home);
  if (homeAt === -1) return text;
  let start = homeAt, end = homeAt + home.length;
  if (StringPrototypeSlice(text, homeAt - 7, homeAt) === 'file://') start -= 7;
  const inBrackets = text[start - 1] === '(';
  if (inBrackets) start--;
  const last = inBrackets ? text.length - 1 : text.length;
  return StringPrototypeSlice(text, 0, start) + ctx.stylize(StringPrototypeSlice(text, start, end), 'undefined') +
    StringPrototypeSlice(text, end, last) + (inBrackets ? ctx.stylize(')', 'undefined') : '');
}

module.exports = { formatError };
