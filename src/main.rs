//! x
#[global_allocator]
static A: mimalloc::MiMalloc = mimalloc::MiMalloc;
use boa_engine::*;
fn main(){
 let mut c = Context::default();
 println!("{}", c.eval(Source::from_bytes("1+1")).unwrap().display());
}
