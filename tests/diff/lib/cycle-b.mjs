import * as ns from './cycle-a.mjs'; let seen; try { seen = ns.a; } catch (error) { seen = error.name; } export const b = 'b saw ' + seen;
