// Promise.all: what it comes to, in which turn, and what a program sees of the promises in between.
const log=[];const p=(x)=>log.push(x);
const later=(v,n)=>{let q=Promise.resolve(v);for(let i=0;i<n;i++)q=q.then(x=>x);return q;};
Promise.all([1,2,3]).then(v=>p('a'+JSON.stringify(v)));
Promise.resolve().then(()=>p(1)).then(()=>p(2)).then(()=>p(3)).then(()=>p(4)).then(()=>p(5)).then(()=>p(6));
Promise.all([1,later('x',2),3]).then(v=>p('b'+JSON.stringify(v)));
Promise.all([]).then(v=>p('c'+JSON.stringify(v)));
Promise.all([1,Promise.reject(new Error('no')),2]).catch(e=>p('d'+e.message));
Promise.all([1,{then(r){p('then');r(9);r(10)}},2]).then(v=>p('e'+JSON.stringify(v)));
Promise.all([1,{get then(){throw new Error('getter')}}]).catch(e=>p('f'+e.message));
Promise.all([later(1,1),later(2,3)]).then(v=>p('g'+JSON.stringify(v)));
Promise.all(['s',Symbol.iterator,undefined,null,1n]).then(v=>p('h'+v.length+String(v[1])+v[4]));
Promise.all(5).catch(e=>p('i'+e.constructor.name));
Promise.all(new Set([1,2])).then(v=>p('j'+JSON.stringify(v)));
class P extends Promise{}; P.all([1]).then(v=>p('k'+JSON.stringify(v)+(P.all([1]) instanceof P)));
Promise.all([,1]).then(v=>p('l'+v.length+(0 in v)));
const a=[1,later(3,1)]; Promise.all(a).then(v=>p('m'+JSON.stringify(v))); a[0]=7;
try{Promise.all.call(undefined,[1])}catch(e){p('n'+e.constructor.name)}
setTimeout(()=>{ const r=Promise.resolve; Promise.resolve=function(v){p('res');return r.call(this,v)}; Promise.all([1,2]).then(v=>{p('o'+v.join());Promise.resolve=r;
 const t=Promise.prototype.then; let n=0; Promise.prototype.then=function(...a){n++;return t.apply(this,a)}; const q=Promise.all([1,2]); Promise.prototype.then=t; p('q'+n);
 q.then(()=>{ console.log(log.join('\n')); console.log(Promise.all.name,Promise.all.length); }); }); },10);
