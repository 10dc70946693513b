'use strict';
// How many colours a terminal has, told from the environment as everybody does: by variables that ask for colours or for none, by
// the names of terminals and of services that build things.
//
// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/tty.html#writestreamgetcolordepthenv>

const { RegExpPrototypeExec, StringPrototypeSplit, StringPrototypeToLowerCase } = primordials;
const { validateInteger } = binding('validators');

// Bits of a colour.
const NONE = 1;
const SIXTEEN = 4;
const PALETTE = 8;
const TRUE_COLOR = 24;

// Terminals by the name in TERM.
const TERMS = {
  '__proto__': null,
  'eterm': SIXTEEN, 'cons25': SIXTEEN, 'console': SIXTEEN, 'cygwin': SIXTEEN, 'dtterm': SIXTEEN, 'gnome': SIXTEEN, 'hurd': SIXTEEN,
  'jfbterm': SIXTEEN, 'konsole': SIXTEEN, 'kterm': SIXTEEN, 'mlterm': SIXTEEN, 'mosh': TRUE_COLOR, 'putty': SIXTEEN, 'st': SIXTEEN,
  'rxvt-unicode-24bit': TRUE_COLOR, 'terminator': TRUE_COLOR, 'xterm-kitty': TRUE_COLOR,
};

// Services that run builds, by the variable that they set.
const SERVICES = {
  __proto__: null,
  APPVEYOR: PALETTE, BUILDKITE: PALETTE, CIRCLECI: TRUE_COLOR, DRONE: PALETTE, GITEA_ACTIONS: TRUE_COLOR, GITHUB_ACTIONS: TRUE_COLOR,
  GITLAB_CI: PALETTE, TRAVIS: PALETTE,
};

let warned = false;

/** Colours were asked for and refused at once: says which holds. */
function warn(env) {
  if (warned) return;
  warned = true;
  const refused = env.NODE_DISABLE_COLORS !== undefined ? 'NODE_DISABLE_COLORS' : env.NO_COLOR !== undefined ? 'NO_COLOR' : undefined;
  if (refused === undefined) return;
  require('process').emitWarning(`The '${refused}' env is ignored due to the 'FORCE_COLOR' env being set.`, 'Warning');
}

function forced(env) {
  switch (env.FORCE_COLOR) {
    case '':
    case '1':
    case 'true':
      warn(env);
      return SIXTEEN;
    case '2':
      warn(env);
      return PALETTE;
    case '3':
      warn(env);
      return TRUE_COLOR;
    default:
      return NONE;
  }
}

function ofWindows() {
  const release = StringPrototypeSplit(require('os').release(), '.');
  // Windows 10 build 10586 has 256 colours, build 14931 all of them.
  if (+release[0] >= 10) {
    const build = +release[2];
    if (build >= 14931) return TRUE_COLOR;
    if (build >= 10586) return PALETTE;
  }
  return SIXTEEN;
}

function ofService(env) {
  for (const name in SERVICES) {
    if (name in env) return SERVICES[name];
  }
  return env.CI_NAME === 'codeship' ? PALETTE : NONE;
}

function ofProgram(env) {
  switch (env.TERM_PROGRAM) {
    case 'iTerm.app':
      return !env.TERM_PROGRAM_VERSION || RegExpPrototypeExec(/^[0-2]\./, env.TERM_PROGRAM_VERSION) !== null ? PALETTE : TRUE_COLOR;
    case 'HyperTerm':
    case 'MacTerm':
      return TRUE_COLOR;
    case 'Apple_Terminal':
      return PALETTE;
    default:
      return 0;
  }
}

function ofTerm(env) {
  const { TERM } = env;
  if (RegExpPrototypeExec(/truecolor/, TERM) !== null) return TRUE_COLOR;
  if (RegExpPrototypeExec(/^xterm-256/, TERM) !== null) return PALETTE;
  const name = StringPrototypeToLowerCase(TERM);
  if (TERMS[name]) return TERMS[name];
  const known = /ansi|color|linux|direct|^con[0-9]*x[0-9]|^rxvt|^screen|^xterm|^vt100|^vt220/;
  return RegExpPrototypeExec(known, name) !== null ? SIXTEEN : 0;
}

/** The bits of a colour: 1, 4, 8 or 24. */
function getColorDepth(env = require('process').env) {
  if (env.FORCE_COLOR !== undefined) return forced(env);
  if (env.NODE_DISABLE_COLORS !== undefined && env.NODE_DISABLE_COLORS !== '') return NONE;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return NONE;
  if (env.TERM === 'dumb') return NONE;
  if (require('process').platform === 'win32') return ofWindows();
  if (env.TMUX) return TRUE_COLOR;
  if ('TF_BUILD' in env && 'AGENT_NAME' in env) return SIXTEEN;
  if ('CI' in env) return ofService(env);
  if ('TEAMCITY_VERSION' in env) {
    return RegExpPrototypeExec(/^(9\.(0*[1-9]\d*)\.|\d{2,}\.)/, env.TEAMCITY_VERSION) !== null ? SIXTEEN : NONE;
  }
  const program = ofProgram(env);
  if (program !== 0) return program;
  if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') return TRUE_COLOR;
  if (env.TERM) {
    const term = ofTerm(env);
    if (term !== 0) return term;
  }
  // A terminal that says it has colours has sixteen at least.
  return env.COLORTERM ? SIXTEEN : NONE;
}

/** Whether a terminal has so many colours. What a stream says of its depth isn't asked. */
function hasColors(count, env) {
  if (env === undefined && (count === undefined || (typeof count === 'object' && count !== null))) {
    env = count;
    count = 16;
  } else {
    validateInteger(count, 'count', 2);
  }
  return count <= 2 ** getColorDepth(env);
}

module.exports = { getColorDepth, hasColors };
