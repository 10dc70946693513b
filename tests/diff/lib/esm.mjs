export default 'the default';
export const named = 'a name';
export let counter = 0;
export function increment() { counter++; }
