// What a terminal's colours are told from, and what is no terminal.
// Node: 24
'use strict';
const fs = require('node:fs');
const tty = require('node:tty');
const attempt = (f) => {
  try {
    console.log(f());
  } catch (error) {
    console.log(error.name, error.code, error.message, error.info);
  }
};
console.log(Object.keys(tty), tty.isatty(0), tty.isatty(-1), tty.isatty('1'));
const file = fs.openSync(__filename);
for (const make of [tty.ReadStream, tty.WriteStream]) {
  attempt(() => new make(-1));
  attempt(() => new make('a'));
  attempt(() => new make(1.5));
  attempt(() => new make(file));
  attempt(() => make(file));
}
const { getColorDepth, hasColors } = tty.WriteStream.prototype;
const terms = ['dumb', 'xterm', 'xterm-256color', 'fail', 'ansi', 'ANSI', 'color', 'linux', 'console', 'direct', 'st', 'mosh', 'terminator', 'konsole',
  'rxvt-unicode-24bit', 'screen-256color', 'xterm-kitty', 'vt100', 'con80x25', 'xterm-truecolor', 'vte-256color', 'cygwin', 'putty', 'eterm', 'mlterm'];
const environments = [
  {}, { COLORTERM: '1' }, { COLORTERM: 'truecolor' }, { COLORTERM: '24bit' }, { TMUX: '1' }, { CI: '1' }, { CI: '1', TRAVIS: '1' }, { CI: '1', CIRCLECI: '1' },
  { CI: '1', APPVEYOR: '1' }, { CI: '1', GITLAB_CI: '1' }, { CI: '1', BUILDKITE: '1' }, { CI: '1', DRONE: '1' }, { CI: '1', GITHUB_ACTIONS: '1' },
  { CI: '1', GITEA_ACTIONS: '1' }, { CI: '', CI_NAME: 'codeship' }, { TEAMCITY_VERSION: '8.0' }, { TEAMCITY_VERSION: '9.1.0' }, { TEAMCITY_VERSION: '10.0' },
  { TERM_PROGRAM: 'iTerm.app' }, { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '2.0' }, { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.0' },
  { TERM_PROGRAM: 'HyperTerm' }, { TERM_PROGRAM: 'Hyper' }, { TERM_PROGRAM: 'MacTerm' }, { TERM_PROGRAM: 'Apple_Terminal' }, { FORCE_COLOR: '' },
  { FORCE_COLOR: '0' }, { FORCE_COLOR: '1' }, { FORCE_COLOR: '2' }, { FORCE_COLOR: '3' }, { FORCE_COLOR: 'true' }, { FORCE_COLOR: 'x' },
  { NO_COLOR: '1', TERM: 'xterm' }, { NO_COLOR: '', TERM: 'xterm' }, { NODE_DISABLE_COLORS: '1', TERM: 'xterm' }, { TF_BUILD: '', AGENT_NAME: '' },
  ...terms.map((TERM) => ({ TERM })),
];
for (const environment of environments) console.log(JSON.stringify(environment), getColorDepth(environment));
const stream = { getColorDepth };
for (const args of [[16, { TERM: 'xterm' }], [256, { TERM: 'xterm' }], [16777216, { COLORTERM: 'truecolor' }], [{ TERM: 'dumb' }], [1], ['x'], [null]]) {
  attempt(() => hasColors.apply(stream, args));
}
