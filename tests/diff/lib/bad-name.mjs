import { nothing } from './esm.mjs'; console.log(nothing);
