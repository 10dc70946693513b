'use strict';
// The global `navigator`: <https://nodejs.org/docs/latest-v24.x/api/globals.html#navigator>.

const { ObjectDefineProperties, ObjectFreeze, StringPrototypeIndexOf, StringPrototypeSlice, Symbol } = primordials;
const { nodeError } = binding('errors');

const kMake = Symbol('kMake');

const platforms = { __proto__: null, aix: 'AIX', freebsd: 'FreeBSD', linux: 'Linux', openbsd: 'OpenBSD', sunos: 'SunOS' };

function platformName(platform, arch) {
  if (platform === 'darwin') return 'MacIntel';
  if (platform === 'win32') return 'Win32';
  const machine = arch === 'x64' ? 'x86_64' : arch === 'ia32' ? 'i686' : arch;
  return `${platforms[platform] ?? platform} ${machine}`;
}

class Navigator {
  #platform;
  // The engine doesn't ask the system for its language, so it is what Node.js says where it doesn't know.
  #languages = ObjectFreeze(['en-US']);

  constructor(key) {
    if (key !== kMake) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
  }

  /** Threads that run at the same time. */
  get hardwareConcurrency() {
    this.#platform; // eslint-disable-line no-unused-expressions
    return require('os').availableParallelism();
  }

  /** The Web Locks of this thread. */
  get locks() {
    this.#platform; // eslint-disable-line no-unused-expressions
    return require('navigator/locks').locks;
  }

  get language() {
    return this.languages[0];
  }

  get languages() {
    return this.#languages;
  }

  get userAgent() {
    this.#platform; // eslint-disable-line no-unused-expressions
    const { version } = require('process');
    return `Node.js/${StringPrototypeSlice(version, 1, StringPrototypeIndexOf(version, '.'))}`;
  }

  get platform() {
    const { platform, arch } = require('process');
    return this.#platform ??= platformName(platform, arch);
  }
}
const shown = { __proto__: null, enumerable: true };
ObjectDefineProperties(Navigator.prototype, {
  hardwareConcurrency: shown, locks: shown, language: shown, languages: shown, userAgent: shown, platform: shown,
});

module.exports = { Navigator, navigator: new Navigator(kMake) };
